package evidence_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
)

// operatorAttacks are what only a dishonest operator can do: blocks that the
// trusted key signed over entries of its choice.
var operatorAttacks = []attack{
	{"a command by a revoked key", evidence.CheckNotRevoked, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		s.forge(s.sign(s.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: s.asset, Pledgee: s.bank.party, Terms: s.terms("ranked")}), s.newRecord)
		return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
	}},
	{"a command with a signature of another", evidence.CheckCommand, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		body := pledge.ProposeBody{AssetID: s.asset, Pledgee: s.bank.party, Terms: s.terms("ranked")}
		good, other := s.sign(s.owner2, pledge.PledgePropose, body), s.sign(s.owner2, pledge.PledgePropose, body)
		s.forge(good[:strings.LastIndex(good, ".")]+other[strings.LastIndex(other, "."):], s.newRecord)
		return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
	}},
	{"another algorithm than the key's", evidence.CheckCommand, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		jws := s.sign(s.owner2, pledge.PledgePropose, pledge.ProposeBody{AssetID: s.asset, Pledgee: s.bank.party, Terms: s.terms("ranked")})
		s.forge(s.owner2.signAs(`{"alg":"ES256","kid":"`+s.owner2.kid()+`","typ":"datapledge+jws"}`, []byte(payloadOf(jws))), s.newRecord)
		return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
	}},
	{"a signature in its other spelling", evidence.CheckCommand, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		k := s.other
		k.highS = true
		jws := s.sign(k, pledge.PledgePropose, pledge.ProposeBody{AssetID: s.kin, Pledgee: s.bank.party, Terms: s.terms("ranked")})
		s.forge(jws, s.newRecord)
		f["parties/"+s.other.party+".json"] = s.state[pledge.KeyParty(s.other.party)]
		return s.dishonest(t, f, 2, len(s.blocks)-1).pack(t, s.exchange)
	}},
	{"a command in the name of another party", evidence.CheckEnrolled, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		k := s.bank
		k.party = s.owner.party
		s.forge(s.sign(k, pledge.PledgePropose, pledge.ProposeBody{AssetID: s.asset, Pledgee: s.bank.party, Terms: s.terms("ranked")}), s.newRecord)
		return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
	}},
	{"a command of another channel", evidence.CheckChannel, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		s.channel = "other"
		jws := s.sign(s.owner2, pledge.PledgePropose, pledge.ProposeBody{AssetID: s.asset, Pledgee: s.bank.party, Terms: s.terms("ranked")})
		s.channel = "pledge"
		s.forge(jws, s.newRecord)
		return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
	}},
	{"a block of another channel", evidence.CheckChannel, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		s.channel = "other"
		s.append([]string{s.blocks[6].entries[0]}, s.blocks[6].writes[:1], s.blocks[6].jws[:1])
		s.channel = "pledge"
		return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
	}},
	{"what the rules would refuse", evidence.CheckReplay, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		s.forge(s.sign(s.bank, pledge.PledgeRegister, pledge.RegisterBody{PledgeID: s.pledge, TermsDigest: "sha256:" + hash("x"), ExpectedSeq: 1}), nil)
		return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
	}},
	{"another outcome than the rules have", evidence.CheckReplay, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		return s.reforge(t, f, func(writes []pledge.Write) []pledge.Write {
			for i, w := range writes {
				if w.Key == pledge.KeyAsset(s.asset) {
					writes[i].Value = json.RawMessage(bytes.Replace(w.Value, []byte(`"exclusive"`), []byte(`"ranked"`), 1))
				}
			}
			return writes
		})
	}},
	{"a write that the rules do not make", evidence.CheckReplay, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		return s.reforge(t, f, func(writes []pledge.Write) []pledge.Write {
			return append(writes, pledge.Write{Key: "v1/zzz", Value: json.RawMessage(`{}`)})
		})
	}},
	{"a write left out", evidence.CheckReplay, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		return s.reforge(t, f, func(writes []pledge.Write) []pledge.Write { return writes[:len(writes)-1] })
	}},
	{"a write under another key", evidence.CheckReplay, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		return s.reforge(t, f, func(writes []pledge.Write) []pledge.Write {
			writes[len(writes)-1].Key += "x"
			return writes
		})
	}},
	{"the outcome of another record", evidence.CheckReplay, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		last := s.blocks[len(s.blocks)-1]
		s.blocks, s.now = s.blocks[:len(s.blocks)-1], last.time.Add(-time.Second)
		s.forge(last.jws[0], func(e map[string]any) { e["writes"] = last.writes[0] })
		return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
	}},
	{"another record id", evidence.CheckCommandID, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		s.forge(s.sign(s.owner2, pledge.PledgePropose, pledge.ProposeBody{AssetID: s.asset, Pledgee: s.bank.party, Terms: s.terms("ranked")}), nil)
		return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
	}},
	{"another command id", evidence.CheckCommandID, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		s.forge(s.sign(s.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: s.pledge, Reason: "PAID"}), func(e map[string]any) {
			e["outcome"].(map[string]any)["command_id"] = "cmd_" + hash("x")
		})
		return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
	}},
	{"another entry of another version of a block", evidence.CheckOrder, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		last := s.blocks[len(s.blocks)-1]
		s.forge(s.sign(s.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: s.pledge, Reason: "PAID"}), nil)
		forged := s.blocks[len(s.blocks)-1]
		s.blocks = s.blocks[:len(s.blocks)-2]
		s.append([]string{last.entries[0], forged.entries[0]}, [][]pledge.Write{last.writes[0], forged.writes[0]}, []string{last.jws[0], forged.jws[0]})
		old := f["onchain/commands/"+idOf(last.jws[0])+".json"]
		f = s.dishonest(t, f, len(s.blocks)-1)
		f["onchain/commands/"+idOf(last.jws[0])+".json"] = old
		head := map[string]any{"height": len(s.blocks), "hash": hash("later")}
		f.edit(t, "manifest.json", func(m map[string]any) { m["as_of"] = head })
		return f.pack(t, s.exchange)
	}},
	{"a refused command in a block", evidence.CheckCommandID, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		s.forge(s.sign(s.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: s.pledge, Reason: "PAID"}), func(e map[string]any) {
			e["outcome"].(map[string]any)["status"] = "refused"
		})
		return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
	}},
	{"two versions of one block", evidence.CheckOrder, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		f = s.dishonest(t, f)
		s.blocks = s.blocks[:len(s.blocks)-1]
		s.forge(s.sign(s.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: s.pledge, Reason: "PAID"}), nil)
		return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
	}},
	{"a block that does not follow the one before", evidence.CheckOrder, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		s.blocks[len(s.blocks)-1].payload += " "
		s.forge(s.sign(s.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: s.pledge, Reason: "PAID"}), nil)
		return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
	}},
	{"a block older than the one before", evidence.CheckOrder, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		s.now = s.now.Add(-time.Hour)
		s.forge(s.sign(s.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: s.pledge, Reason: "PAID"}), nil)
		return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
	}},
	{"a receipt by a bank", evidence.CheckReceipt, "custody/receipt.jws", receiptBy(func(s *story) key { return s.bank })},
	{"a receipt by a stranger", evidence.CheckEnrolled, "custody/receipt.jws", receiptBy(func(s *story) key { return newKey("x", uscc(88)) })},
	{"a receipt with a broken signature", evidence.CheckReceipt, "custody/receipt.jws", func(t *testing.T, s *story, f contents) []byte {
		return s.renotarized(t, f, func(body *pledge.NotarizeBody) {
			b := []byte(body.CustodyReceipt)
			b[len(b)-20] ^= 1
			body.CustodyReceipt = string(b)
		})
	}},
	{"a receipt for another dataset", evidence.CheckReceiptMatches, "custody/receipt.jws", func(t *testing.T, s *story, f contents) []byte {
		return s.renotarized(t, f, func(body *pledge.NotarizeBody) {
			_, other := s.notarization(s.owner2, "x", "y")
			body.CustodyReceipt = other.CustodyReceipt
		})
	}},
	{"a receipt for another number of files", evidence.CheckReceiptMatches, "custody/receipt.jws", func(t *testing.T, s *story, f contents) []byte {
		return s.renotarized(t, f, s.receiptSaying(func(r *pledge.ReceiptBody) { r.Files++ }))
	}},
	{"a receipt for another size", evidence.CheckReceiptMatches, "custody/receipt.jws", func(t *testing.T, s *story, f contents) []byte {
		return s.renotarized(t, f, s.receiptSaying(func(r *pledge.ReceiptBody) { r.Size++ }))
	}},
	{"a receipt for other sizes of the same sum", evidence.CheckReceiptMatches, "custody/receipt.jws", func(t *testing.T, s *story, f contents) []byte {
		return s.renotarized(t, f, s.receiptSaying(func(r *pledge.ReceiptBody) { r.ManifestRoot = hash("other") }))
	}},
	{"a receipt that says more", evidence.CheckReceiptMatches, "custody/receipt.jws", func(t *testing.T, s *story, f contents) []byte {
		return s.renotarized(t, f, s.receiptSaying(func(r *pledge.ReceiptBody) { r.PledgeID = s.pledge }))
	}},
	{"a fingerprint of something else", evidence.CheckFingerprint, "manifest/", func(t *testing.T, s *story, f contents) []byte {
		return s.renotarized(t, f, func(body *pledge.NotarizeBody) {
			body.Fingerprint = "sha256:" + hash("something else")
			s.receiptSaying(func(*pledge.ReceiptBody) {})(body)
		})
	}},
	{"a receipt for another owner", evidence.CheckReceiptMatches, "custody/receipt.jws", func(t *testing.T, s *story, f contents) []byte {
		return s.renotarized(t, f, func(body *pledge.NotarizeBody) {
			_, other := s.notarization(s.other, "p", "q")
			body.CustodyReceipt = other.CustodyReceipt
		})
	}},
	{"a receipt of another channel", evidence.CheckReceiptMatches, "custody/receipt.jws", func(t *testing.T, s *story, f contents) []byte {
		return s.renotarized(t, f, func(body *pledge.NotarizeBody) {
			s.channel = "other"
			_, other := s.notarization(s.owner2, "p", "q")
			s.channel = "pledge"
			body.CustodyReceipt = other.CustodyReceipt
		})
	}},
	{"another act of the exchange in place of a receipt", evidence.CheckReceiptMatches, "custody/receipt.jws", func(t *testing.T, s *story, f contents) []byte {
		return s.renotarized(t, f, func(body *pledge.NotarizeBody) {
			body.CustodyReceipt = s.sign(s.exchange, pledge.PledgeValue, pledge.ReceiptBody{Fingerprint: body.Fingerprint, Owner: s.owner.party,
				Files: len(body.Files), Size: sizeOf(body.Files), ManifestRoot: manifestRoot(body.Files), Depth: "full"})
		})
	}},
	{"a signed list of other files than the fingerprint's", evidence.CheckFingerprint, "manifest/files.json", func(t *testing.T, s *story, f contents) []byte {
		return s.renotarized(t, f, func(body *pledge.NotarizeBody) { body.Files = files("p", "r") })
	}},
	{"a signed list with other sizes than the asset's", evidence.CheckFingerprint, "manifest/files.json", func(t *testing.T, s *story, f contents) []byte {
		return s.renotarized(t, f, func(body *pledge.NotarizeBody) { body.Files[0].Size++ })
	}},
	{"an asset of another number of files", evidence.CheckFingerprint, "manifest/files.json", func(t *testing.T, s *story, f contents) []byte {
		return s.renotarized(t, f, func(body *pledge.NotarizeBody) { body.Name = "three files" })
	}},
}
