-- Numbers between two events of the processor that were not there when the later one was read. They are asked for again for a while: a
-- processor may number an event before it can be seen.
CREATE TABLE event_missing (
    sequence BIGINT PRIMARY KEY,
    since BIGINT NOT NULL,
    ask_at BIGINT NOT NULL DEFAULT 0
);
