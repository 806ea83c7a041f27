package evidence_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
)

// onSolo is a row of its own: the package of a record of the story, changed.
func onSolo(name, holds, check, file string, of func(*story) string, change func(t *testing.T, s *story, f contents) []byte) []tampering {
	return []tampering{{"solo", name, holds, check, file, func(t *testing.T) evidence.Report {
		s := newStory(t)
		trust := s.trust()
		return checkOf(t, change(t, s, s.sound.of(of(s))), trust)
	}}}
}

func checkOf(t *testing.T, data []byte, trust evidence.Trust) evidence.Report {
	t.Helper()
	return check(t, data, trust)
}

func theAsset(s *story) string  { return s.asset }
func thePledge(s *story) string { return s.pledge }

// packed changes the files, and lists and signs them anew.
func packed(change func(t *testing.T, s *story, f contents)) func(*testing.T, *story, contents) []byte {
	return func(t *testing.T, s *story, f contents) []byte {
		change(t, s, f)
		return f.pack(t, s.exchange)
	}
}

var pledgesAsset = onSolo("the asset of a pledge changed", packer, evidence.CheckHistory, "asset.json", thePledge, packed(func(t *testing.T, s *story, f contents) {
	f.edit(t, "asset.json", func(m map[string]any) { m["owner"] = s.other.party })
}))

var otherRecord = append(onSolo("the record of another asset", packer, evidence.CheckHistory, "record.json", theAsset, packed(func(t *testing.T, s *story, f contents) {
	f["record.json"] = s.state[pledge.KeyAsset(s.kin)]
})), onSolo("all of it said to be of another asset", packer, evidence.CheckReceiptMatches, "custody/receipt.jws", theAsset, packed(func(t *testing.T, s *story, f contents) {
	f["record.json"] = s.state[pledge.KeyAsset(s.kin)]
	f.edit(t, "manifest.json", func(m map[string]any) { m["record_id"] = s.kin })
}))...)

// Fingerprint, list and text tell the same of other files.
var swappedData = onSolo("the fingerprint swapped together with manifest and list of files", packer, evidence.CheckHistory, "record.json", theAsset, packed(func(t *testing.T, s *story, f contents) {
	list := files("a", "d")
	delete(f, "manifest/"+hash(pledge.Manifest(files("a", "b")))+".txt")
	f["manifest/"+hash(pledge.Manifest(list))+".txt"] = []byte(pledge.Manifest(list))
	f["manifest/files.json"] = []byte(canonical(t, list))
	f.edit(t, "record.json", func(m map[string]any) {
		m["fingerprint"], m["manifest_root"], m["size"] = "sha256:"+hash(pledge.Manifest(list)), manifestRoot(list), sizeOf(list)
	})
}))

// The command of the story's first registration once more, in a later block:
// the same signed bytes.
var replayed = onSolo("a command replayed in a later block", operator, evidence.CheckReplay, "onchain/commands/", theAsset, func(t *testing.T, s *story, f contents) []byte {
	for _, b := range s.blocks[1:] {
		if strings.Contains(payloadOf(b.jws[0]), `"act":"pledge.register"`) {
			s.forge(b.jws[0], func(e map[string]any) { e["outcome"].(map[string]any)["record_id"] = s.released })
			return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
		}
	}
	return nil
})

var enrolledLater = onSolo("a key that was enrolled after it signed", operator, evidence.CheckEnrolled, "onchain/commands/", theAsset, func(t *testing.T, s *story, f contents) []byte {
	late := newKey("bank2", s.bank.party)
	s.forge(s.sign(late, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: s.pledge, Reason: "PAID"}), func(e map[string]any) {
		e["outcome"].(map[string]any)["record_id"] = s.pledge
	})
	s.commit(s.sign(s.bank, pledge.PartyAddKey, pledge.AddKeyBody{Party: s.bank.party, Key: pledge.KeyGrant{JWK: late.jwk(), Scope: pledge.ScopeOperate}}))
	f["parties/"+s.bank.party+".json"] = s.state[pledge.KeyParty(s.bank.party)]
	return s.dishonest(t, f, len(s.blocks)-2, len(s.blocks)-1).pack(t, s.exchange)
})

var revocationOmitted = onSolo("the revocation left out", packer, evidence.CheckParties, "parties/", theAsset, packed(func(t *testing.T, s *story, f contents) {
	delete(f, f.command(t, s, "party.revoke_key", 0))
}))

// otherLedger tells the same story of the same names and keys, a day before.
func otherLedger(t *testing.T) *story {
	return newStoryAt(t, time.Date(2026, 11, 20, 7, 0, 0, 0, time.UTC))
}

var namesakes = append(onSolo("the package of another network with the same names and keys", namesake+", and the operator's key", evidence.CheckGenesis, "onchain/genesis.json", theAsset,
	func(t *testing.T, s *story, f contents) []byte {
		other := otherLedger(t)
		return other.write(other.asset)
	}), append(onSolo("the whole ledger signed by another operator", namesake, evidence.CheckOperator, "onchain/genesis.json", theAsset,
	func(t *testing.T, s *story, f contents) []byte {
		stranger := newKey("another operator", "")
		for i := range s.blocks {
			s.blocks[i].header, _ = stranger.SignJWS("datapledge-block+jws", []byte(s.blocks[i].payload))
		}
		data, err := s.source().Build(t.Context(), s.asset)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}), onSolo("a block of another network with the same names and keys put in", operator, evidence.CheckOrder, "onchain/commands/", theAsset, packed(func(t *testing.T, s *story, f contents) {
	other := otherLedger(t)
	foreign := unpack(t, other.write(other.asset))
	name := foreign.command(t, other, "asset.notarize", 0)
	f[name] = foreign[name]
}))...)...)

var timeMoved = onSolo("the time of the search or of the making changed by hand", nothing, evidence.CheckSignature, "manifest.jws", theAsset, func(t *testing.T, s *story, f contents) []byte {
	f["manifest.json"] = bytes.Replace(f["manifest.json"], []byte(`"made_at":"2026`), []byte(`"made_at":"2016`), 1)
	return f.zip(t)
})

var timeInBlock = onSolo("the time in a block moved back", packer, evidence.CheckOperator, "onchain/commands/", theAsset, packed(func(t *testing.T, s *story, f contents) {
	f.edit(t, f.command(t, s, "asset.notarize", 0), func(m map[string]any) {
		parts := strings.Split(m["header"].(string), ".")
		parts[1] = b64.EncodeToString(bytes.Replace([]byte(payloadOf(m["header"].(string))), []byte(`"time":"2026`), []byte(`"time":"2016`), 1))
		m["header"] = strings.Join(parts, ".")
	})
}))
