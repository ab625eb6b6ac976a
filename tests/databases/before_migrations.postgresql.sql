CREATE TABLE accounts (
    name VARCHAR(40) NOT NULL,
    role VARCHAR(16) NOT NULL,
    password TEXT NOT NULL,
    disabled BOOLEAN NOT NULL,
    made FLOAT NOT NULL,
    PRIMARY KEY (name)
);
CREATE TABLE clocks (
    name VARCHAR(16) NOT NULL,
    reading FLOAT NOT NULL,
    PRIMARY KEY (name)
);
CREATE TABLE conversations (
    conversation_id VARCHAR(32) NOT NULL,
    owner VARCHAR(64) NOT NULL,
    title VARCHAR(80) NOT NULL,
    touched FLOAT NOT NULL,
    PRIMARY KEY (conversation_id)
);
CREATE INDEX conversations_of_owner ON conversations (owner, touched);
CREATE TABLE decisions (
    number SERIAL NOT NULL,
    doc_id VARCHAR(200) NOT NULL,
    version INTEGER NOT NULL,
    action VARCHAR(16) NOT NULL,
    actor VARCHAR(80) NOT NULL,
    made FLOAT NOT NULL,
    details TEXT NOT NULL,
    job_id VARCHAR(32),
    PRIMARY KEY (number),
    UNIQUE (doc_id, version)
);
CREATE TABLE feedback (
    number SERIAL NOT NULL,
    answer_id VARCHAR(32) NOT NULL,
    verdict VARCHAR(16) NOT NULL,
    comment TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    given FLOAT NOT NULL,
    conversation_id VARCHAR(32),
    settled FLOAT,
    PRIMARY KEY (number),
    UNIQUE (answer_id)
);
CREATE TABLE jobs (
    job_id VARCHAR(32) NOT NULL,
    action VARCHAR(16) NOT NULL,
    name TEXT NOT NULL,
    state VARCHAR(16) NOT NULL,
    step VARCHAR(40) NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    report TEXT NOT NULL,
    problem TEXT NOT NULL,
    touched FLOAT NOT NULL,
    queued FLOAT DEFAULT '0' NOT NULL,
    change TEXT DEFAULT '' NOT NULL,
    begun INTEGER DEFAULT '0' NOT NULL,
    PRIMARY KEY (job_id)
);
CREATE TABLE judged (
    answer_id VARCHAR(32) NOT NULL,
    line TEXT NOT NULL,
    judged FLOAT NOT NULL,
    PRIMARY KEY (answer_id)
);
CREATE TABLE secrets (
    checksum VARCHAR(64) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    expires FLOAT,
    account VARCHAR(40),
    label VARCHAR(80),
    PRIMARY KEY (checksum)
);
CREATE TABLE shares (
    share_id VARCHAR(32) NOT NULL,
    answer_id VARCHAR(32) NOT NULL,
    answer TEXT NOT NULL,
    staff_only BOOLEAN NOT NULL,
    shared FLOAT NOT NULL,
    PRIMARY KEY (share_id),
    UNIQUE (answer_id)
);
CREATE TABLE turns (
    number SERIAL NOT NULL,
    answer_id VARCHAR(32) NOT NULL,
    conversation_id VARCHAR(32) NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (number),
    UNIQUE (answer_id),
    FOREIGN KEY(conversation_id) REFERENCES conversations (conversation_id) ON DELETE CASCADE
);
CREATE INDEX ix_turns_conversation_id ON turns (conversation_id);
