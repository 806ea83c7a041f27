package pledge

import "strings"

// The key layout. Keys are readable and versioned; every kind has one prefix
// and none is a prefix of another.
const (
	prefixParty       = "v1/party/"
	prefixAsset       = "v1/asset/"
	prefixPledge      = "v1/pledge/"
	prefixCommand     = "v1/command/"
	prefixFingerprint = "v1/fingerprint/"
	prefixFile        = "v1/file/"
	prefixCheckpoint  = "v1/checkpoint/" // on a channel of its own
	keyChannel        = "v1/channel"
)

// KeyParty is the key of a party's record.
func KeyParty(uscc string) string { return prefixParty + uscc }

// KeyAsset is the key of an asset's record.
func KeyAsset(id string) string { return prefixAsset + id }

// KeyPledge is the key of a pledge's record.
func KeyPledge(id string) string { return prefixPledge + id }

// KeyCommand is the key of what a command did. The party is part of it, so
// that nobody can fence another's command.
func KeyCommand(by, id string) string { return prefixCommand + by + "/" + id }

// KeyFingerprint is the key of the assets under a fingerprint (its hex).
func KeyFingerprint(hex string) string { return prefixFingerprint + hex }

// KeyFile is the key of the assets that hold a file digest (its hex).
func KeyFile(hex string) string { return prefixFile + hex }

// KeyChannel is the key of the genesis.
func KeyChannel() string { return keyChannel }

// ParseKey splits a key into its kind ("party", "asset", …, "channel") and
// the id within that kind; ok is false for a key that is not of this layout.
func ParseKey(key string) (kind, id string, ok bool) {
	if key == keyChannel {
		return "channel", "", true
	}
	rest, found := strings.CutPrefix(key, "v1/")
	if !found {
		return "", "", false
	}
	kind, id, found = strings.Cut(rest, "/")
	if !found || id == "" || !isKind(kind) {
		return "", "", false
	}
	return kind, id, true
}

func isKind(kind string) bool {
	switch kind {
	case "party", "asset", "pledge", "command", "fingerprint", "file", "checkpoint":
		return true
	}
	return false
}

// RecordKey is the key of the record that an Outcome's RecordID names; empty
// when that is no record (a fence names a command).
func RecordKey(id string) string {
	switch {
	case strings.HasPrefix(id, "as_"):
		return KeyAsset(id)
	case strings.HasPrefix(id, "pl_"):
		return KeyPledge(id)
	case strings.HasPrefix(id, "cmd_"), id == "":
		return ""
	}
	return KeyParty(id)
}
