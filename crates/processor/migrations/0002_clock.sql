-- How far the sandbox's clock was moved on, so that a restart does not take banks' answers back. One row.
CREATE TABLE clock (
    moved_millis INTEGER NOT NULL
);
INSERT INTO clock (moved_millis) VALUES (0);
