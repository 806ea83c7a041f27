package index

// schemaVersion stands in user_version. A file of any other version is
// rebuilt: the ledger has everything, so nothing is ever migrated.
const schemaVersion = 5

// appID stands in application_id, so that another program's database is not
// taken for ours.
const appID = 0x64706978 // "dpix"

// schema keeps one row per fact. seq numbers the commands in ledger order
// from 1, those of a closing right behind it (a genesis in block 0 is 0, a later one takes a number of its own)
// and is the clock of every as-of question; rid and
// rev number records and revisions in the order of their first appearance.
// All three follow from the blocks alone, so that cursors made by one replica
// are good at another, and after a rebuild.
const schema = `
CREATE TABLE blocks (number INTEGER PRIMARY KEY, hash TEXT NOT NULL, time INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE INDEX blocks_time ON blocks (time);
CREATE TABLE commands (
	seq INTEGER PRIMARY KEY, id BLOB NOT NULL, block INTEGER NOT NULL, tx INTEGER NOT NULL, idx INTEGER NOT NULL,
	act TEXT NOT NULL, party TEXT NOT NULL, subject INTEGER, record_id TEXT,
	head BLOB NOT NULL, payload BLOB NOT NULL, sig BLOB
);
CREATE UNIQUE INDEX commands_id ON commands (id);
CREATE TABLE records (rid INTEGER PRIMARY KEY, key TEXT NOT NULL);
CREATE UNIQUE INDEX records_key ON records (key);
CREATE TABLE revisions (rev INTEGER PRIMARY KEY, rid INTEGER NOT NULL, seq INTEGER NOT NULL, json BLOB NOT NULL);
CREATE UNIQUE INDEX revisions_rid ON revisions (rid, seq);
CREATE TABLE assets (
	rid INTEGER PRIMARY KEY, born INTEGER NOT NULL, owned INTEGER NOT NULL,
	owner TEXT NOT NULL, status TEXT NOT NULL, name TEXT NOT NULL
);
CREATE INDEX assets_owner ON assets (owner);
CREATE INDEX assets_status ON assets (status);
CREATE TABLE former (rid INTEGER, born INTEGER, until INTEGER NOT NULL, owner TEXT NOT NULL, PRIMARY KEY (rid, born)) WITHOUT ROWID;
CREATE INDEX former_owner ON former (owner);
CREATE TABLE pledges (
	rid INTEGER PRIMARY KEY, born INTEGER NOT NULL, asset TEXT NOT NULL,
	pledgor TEXT NOT NULL, pledgee TEXT NOT NULL, state TEXT NOT NULL
);
CREATE INDEX pledges_asset ON pledges (asset);
CREATE INDEX pledges_pledgor ON pledges (pledgor);
CREATE INDEX pledges_pledgee ON pledges (pledgee);
CREATE INDEX pledges_state ON pledges (state);
CREATE TABLE assigned (party TEXT, rid INTEGER, PRIMARY KEY (party, rid)) WITHOUT ROWID;
CREATE TABLE holders (sum BLOB, rid INTEGER, size INTEGER NOT NULL, born INTEGER NOT NULL, PRIMARY KEY (sum, rid)) WITHOUT ROWID;
CREATE TABLE sm3 (fingerprint TEXT, rid INTEGER, born INTEGER NOT NULL, PRIMARY KEY (fingerprint, rid)) WITHOUT ROWID;
CREATE TABLE spellings (
	kind TEXT, folded TEXT, born INTEGER, rid INTEGER, member TEXT, text TEXT,
	PRIMARY KEY (kind, folded, born, rid, member, text)
) WITHOUT ROWID;
CREATE UNIQUE INDEX spellings_rid ON spellings (rid, member, text, kind);
CREATE VIRTUAL TABLE names USING fts5 (name, content='assets', content_rowid='rid', tokenize='trigram case_sensitive 1');
CREATE TABLE clocks (
	rid INTEGER, kind TEXT, objection TEXT, at INTEGER NOT NULL, ripe INTEGER,
	asset TEXT NOT NULL, pledgor TEXT NOT NULL, pledgee TEXT NOT NULL, PRIMARY KEY (rid, kind, objection)
) WITHOUT ROWID;
CREATE INDEX clocks_at ON clocks (at);
CREATE INDEX clocks_ripe ON clocks (ripe) WHERE ripe IS NOT NULL;
CREATE INDEX clocks_pledgor ON clocks (pledgor, at);
CREATE INDEX clocks_pledgee ON clocks (pledgee, at);
CREATE TABLE regressions (
	lost INTEGER, lost_hash TEXT, found INTEGER NOT NULL, found_hash TEXT NOT NULL, forked INTEGER NOT NULL,
	PRIMARY KEY (lost, lost_hash)
) WITHOUT ROWID;
`
