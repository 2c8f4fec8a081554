/** The messages between event client and event server, and the data in them. */
export const HAT_EVENTER = `
module HatEventer

# Data

Timestamp = Record { s: Integer, us: Integer }

EventId = Record { server: Integer, session: Integer, instance: Integer }

EventType = Array(String)

Order = Choice { descending: None, ascending: None }

OrderBy = Choice { timestamp: None, sourceTimestamp: None }

Status = Choice { standby: None, starting: None, operational: None, stopping: None }

EventPayload = Choice { binary: EventPayloadBinary, json: EventPayloadJson }

EventPayloadBinary = Record { type: String, data: Bytes }

EventPayloadJson = String

Event = Record {
    id: EventId
    type: EventType
    timestamp: Timestamp
    sourceTimestamp: Optional(Timestamp)
    payload: Optional(EventPayload)
}

RegisterEvent = Record {
    type: EventType
    sourceTimestamp: Optional(Timestamp)
    payload: Optional(EventPayload)
}

# Queries

QueryParams = Choice {
    latest: QueryLatestParams
    timeseries: QueryTimeseriesParams
    server: QueryServerParams
}

QueryLatestParams = Record { eventTypes: Optional(Array(EventType)) }

QueryTimeseriesParams = Record {
    eventTypes: Optional(Array(EventType))
    tFrom: Optional(Timestamp)
    tTo: Optional(Timestamp)
    sourceTFrom: Optional(Timestamp)
    sourceTTo: Optional(Timestamp)
    order: Order
    orderBy: OrderBy
    maxResults: Optional(Integer)
    lastEventId: Optional(EventId)
}

QueryServerParams = Record {
    serverId: Integer
    persisted: Boolean
    maxResults: Optional(Integer)
    lastEventId: Optional(EventId)
}

QueryResult = Record { events: Array(Event), moreFollows: Boolean }

# Messages: the client begins, and says who it is

MsgInitReq = Record {
    clientName: String
    clientToken: Optional(String)
    subscriptions: Array(EventType)
    serverId: Optional(Integer)
    persisted: Boolean
}

MsgInitRes = Choice { success: Status, error: String }

# The server tells what goes on

MsgStatusNotify = Status

MsgEventsNotify = Array(Event)

MsgEventsAck = None

# The client asks

MsgRegisterReq = Array(RegisterEvent)

MsgRegisterRes = Choice { events: Array(Event), failure: None }

MsgQueryReq = QueryParams

MsgQueryRes = QueryResult
`;
