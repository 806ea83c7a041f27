// Package evidence writes the evidence package 证据包 of a record and checks
// one offline. The format is FORMAT.md; writer (write*.go) and checker
// (check*.go) share nothing else, so that a fault in one is seen by the other.
//
// The checker uses the standard library for everything it proves. Package
// pledge appears in one check only, "replay", which runs the signed commands
// through the rules once more.
//
// In a browser (js) only the checker is built: what writes packages would make
// it three times as large.
package evidence

// Version is the "v" of the package's manifest and of the trust file.
const Version = 1

// Record kinds that a package can be about.
const (
	KindAsset  = "asset"
	KindPledge = "pledge"
	KindParty  = "party"
	KindSearch = "search" // a signed search for pledges, by its number
)

// SignatureType is the typ header of manifest.jws.
const SignatureType = "datapledge-evidence+jws"

// ContentType is the media type of a package.
const ContentType = "application/zip"

// Names of the files in a package; FORMAT.md says what each holds.
const (
	nameManifest  = "manifest.json"
	nameSignature = "manifest.jws"
	nameReadme    = "README.txt"
	nameRecord    = "record.json"
	nameAsset     = "asset.json"
	nameGenesis   = "onchain/genesis.json"
	nameReceipt   = "custody/receipt.jws"
	nameFiles     = "manifest/files.json"
	nameSM3       = "manifest/sm3.txt"
	nameParts     = "parts.json"
	nameReport    = "search/report.jws"
	dirCommands   = "onchain/commands/"
	dirBlocks     = "onchain/blocks/" // of a consortium's channel
	dirParties    = "parties/"
	dirManifest   = "manifest/"
	dirStamps     = "timestamps/"
	dirReceipts   = "imprint/receipts/"
	dirCheckpoint = "imprint/checkpoints/"
	dirImprint    = "imprint/blocks/" // of the channel that keeps checkpoints
)

// roleOf is the role of a file by its name, "" for a name that no package has.
func roleOf(name string) string {
	fixed := map[string]string{
		nameReadme: "readme", nameRecord: "record", nameAsset: "asset", nameGenesis: "genesis",
		nameReceipt: "custody-receipt", nameFiles: "files", nameSM3: "sm3-manifest", nameParts: "parts", nameReport: "search-report",
	}
	if role, ok := fixed[name]; ok {
		return role
	}
	switch {
	case within(name, dirCommands+"cmd_", ".json", 64):
		return "command"
	case within(name, dirBlocks, ".block", 20):
		return "block"
	case within(name, dirParties, ".json", 18):
		return "party"
	case within(name, dirManifest, ".txt", 64):
		return "manifest"
	case within(name, dirStamps, ".json", 20):
		return "time-stamp"
	case within(name, dirReceipts, ".jws", 64):
		return "imprint-receipt"
	case within(name, dirCheckpoint, ".json", 20):
		return "imprint-checkpoint"
	case within(name, dirImprint, ".block", 20):
		return "imprint-block"
	}
	return ""
}

// within says whether name is prefix, n ASCII letters or digits, suffix.
func within(name, prefix, suffix string, n int) bool {
	if len(name) != len(prefix)+n+len(suffix) || name[:len(prefix)] != prefix || name[len(prefix)+n:] != suffix {
		return false
	}
	for _, c := range []byte(name[len(prefix) : len(prefix)+n]) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}
