/** The messages of a connection: what carries everything else, and what tells that the peer is there. */
export const HAT_CHATTER = `
module HatChatter

# Messages of one direction are counted by 'id' from 1. A conversation is named by the id of
# its first message; 'owner' tells whether the sender is who began it.
Msg = Record {
    id: Integer
    first: Integer
    owner: Boolean
    token: Boolean
    last: Boolean
    data: Data
}

# What a message is about: a value of any type, named with its module.
Data = Record {
    type: String
    data: Bytes
}

Ping = None
Pong = None
`;
