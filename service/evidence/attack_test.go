package evidence_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"hash/crc32"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
)

// These attacks are an insider's: whoever makes them holds the key that signs
// packages, and lists, signs and packs what was changed as the writer would.

type contents map[string][]byte

func unpack(t testing.TB, data []byte) contents {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := contents{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// pack lists and signs the files again, and packs them.
func (f contents) pack(t testing.TB, k key) []byte {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(f["manifest.json"], &m); err != nil {
		t.Fatal(err)
	}
	roles := map[string]string{}
	for _, l := range m["files"].([]any) {
		l := l.(map[string]any)
		roles[l["path"].(string)] = l["role"].(string)
	}
	list := []any{}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if strings.HasPrefix(name, "manifest.") {
			continue
		}
		sum := sha256.Sum256(f[name])
		role := roles[name]
		if strings.HasPrefix(name, "onchain/commands/") {
			role = "command"
		}
		if strings.HasPrefix(name, "manifest/") && strings.HasSuffix(name, ".txt") {
			role = "manifest"
		}
		list = append(list, map[string]any{"path": name, "role": role, "sha256": hex.EncodeToString(sum[:]), "size": len(f[name])})
	}
	m["files"] = list
	return f.sign(t, k, canonical(t, m))
}

func (f contents) sign(t testing.TB, k key, manifest string) []byte {
	t.Helper()
	f["manifest.json"] = []byte(manifest)
	jws, err := k.SignJWS(evidence.SignatureType, []byte(manifest))
	if err != nil {
		t.Fatal(err)
	}
	f["manifest.jws"] = []byte(jws)
	return f.zip(t)
}

func (f contents) zip(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(f)) {
		h := &zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(f[name]), CompressedSize64: uint64(len(f[name])),
			UncompressedSize64: uint64(len(f[name])), ModifiedDate: 0x21, ReaderVersion: 20, CreatorVersion: 0x0314, ExternalAttrs: 0x81A40000}
		part, err := w.CreateRaw(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(f[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// edit changes one member of a JSON file, by a path of names.
func (f contents) edit(t testing.TB, name string, change func(map[string]any)) {
	t.Helper()
	var m map[string]any
	d := json.NewDecoder(bytes.NewReader(f[name]))
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	change(m)
	f[name] = []byte(canonical(t, m))
}

// command is the file of the n-th command of an act, in ledger order.
func (f contents) command(t testing.TB, s *story, act string, n int) string {
	t.Helper()
	for _, b := range s.blocks {
		for _, jws := range b.jws {
			if jws == "" {
				continue
			}
			name := "onchain/commands/" + idOf(jws) + ".json"
			if _, ok := f[name]; ok && strings.Contains(payloadOf(jws), `"act":"`+act+`"`) {
				if n--; n < 0 {
					return name
				}
			}
		}
	}
	t.Fatalf("no %s in the package", act)
	return ""
}

// forge appends a block as a dishonest operator could: entries of its choice.
func (s *story) forge(jws string, change func(entry map[string]any)) {
	s.t.Helper()
	s.now = s.now.Add(time.Second)
	asset := pledge.KeyAsset(s.asset)
	entry := map[string]any{"command": jws, "outcome": map[string]any{"command_id": idOf(jws), "record_id": s.asset, "status": "applied"},
		"writes": []any{map[string]any{"key": asset, "value": json.RawMessage(s.state[asset])}}}
	if change != nil {
		change(entry)
	}
	var writes []pledge.Write
	raw, err := json.Marshal(entry["writes"])
	if err != nil {
		s.t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &writes); err != nil {
		s.t.Fatal(err)
	}
	s.append([]string{canonical(s.t, entry)}, [][]pledge.Write{writes}, []string{jws})
}

// dishonest packs the asset of a ledger that was forged: the writer itself
// would refuse to hand it out, so the proofs are put together by hand.
func (s *story) dishonest(t testing.TB, base contents, blocks ...int) contents {
	t.Helper()
	f := maps.Clone(base)
	for _, n := range blocks {
		for i, jws := range s.blocks[n].jws {
			proof, err := s.Prove(t.Context(), pledge.Position{Block: uint64(n), Index: i})
			if err != nil {
				t.Fatal(err)
			}
			f["onchain/commands/"+idOf(jws)+".json"] = []byte(canonical(t, proof))
		}
	}
	f["record.json"] = s.state[pledge.KeyAsset(s.asset)]
	head, _ := s.Head(t.Context())
	f.edit(t, "manifest.json", func(m map[string]any) {
		m["as_of"] = map[string]any{"hash": head.Hash, "height": head.Height}
	})
	return f
}

// attack changes the unpacked package of the story's asset. Which check must
// find it, and in which file.
type attack struct {
	name, check, file string
	make              func(t *testing.T, s *story, f contents) []byte
}

func swap(m map[string]any, with map[string]any, name string) { m[name] = with[name] }

func parsed(t *testing.T, f contents, name string) (m map[string]any) {
	f.edit(t, name, func(got map[string]any) { m = got })
	return m
}

var attacks = []attack{
	{"a file that is not listed", evidence.CheckComplete, "asset.json", func(t *testing.T, s *story, f contents) []byte {
		f["asset.json"] = f["record.json"]
		return f.zip(t)
	}},
	{"a file of another name", evidence.CheckContainer, "virus.exe", func(t *testing.T, s *story, f contents) []byte {
		f["virus.exe"] = []byte("x")
		return f.pack(t, s.exchange)
	}},
	{"a path that leads out", evidence.CheckContainer, "../record.json", func(t *testing.T, s *story, f contents) []byte {
		f["../record.json"] = f["record.json"]
		return f.pack(t, s.exchange)
	}},
	{"a listed file is gone", evidence.CheckComplete, "README.txt", func(t *testing.T, s *story, f contents) []byte {
		delete(f, "README.txt")
		return f.zip(t)
	}},
	{"a needed file is neither there nor listed", evidence.CheckComplete, "custody/receipt.jws", func(t *testing.T, s *story, f contents) []byte {
		delete(f, "custody/receipt.jws")
		return f.pack(t, s.exchange)
	}},
	{"another content", evidence.CheckDigests, "README.txt", func(t *testing.T, s *story, f contents) []byte {
		f["README.txt"] = bytes.Replace(f["README.txt"], []byte("no statutory"), []byte("a statutory "), 1)
		return f.zip(t)
	}},
	{"a manifest with an unknown member", evidence.CheckComplete, "manifest.json", func(t *testing.T, s *story, f contents) []byte {
		f.edit(t, "manifest.json", func(m map[string]any) { m["note"] = "x" })
		return f.pack(t, s.exchange)
	}},
	{"a manifest that is not canonical", evidence.CheckComplete, "manifest.json", func(t *testing.T, s *story, f contents) []byte {
		return f.sign(t, s.exchange, " "+string(f["manifest.json"]))
	}},
	{"a manifest signed by a stranger", evidence.CheckSignature, "manifest.jws", func(t *testing.T, s *story, f contents) []byte {
		return f.pack(t, newKey("stranger", ""))
	}},
	{"a manifest signed by a bank", evidence.CheckSignature, "manifest.jws", func(t *testing.T, s *story, f contents) []byte {
		return f.pack(t, s.bank)
	}},
	{"a manifest under another's signature", evidence.CheckSignature, "manifest.jws", func(t *testing.T, s *story, f contents) []byte {
		f.edit(t, "manifest.json", func(m map[string]any) { m["made_at"] = "2020-01-01T00:00:00.000Z" })
		return f.zip(t)
	}},
	{"another channel in the manifest", evidence.CheckChannel, "manifest.json", func(t *testing.T, s *story, f contents) []byte {
		f.edit(t, "manifest.json", func(m map[string]any) { m["channel"] = "other" })
		return f.pack(t, s.exchange)
	}},
	{"another genesis", evidence.CheckGenesis, "onchain/genesis.json", func(t *testing.T, s *story, f contents) []byte {
		g := s.genesis
		g.Members = append(slices.Clone(g.Members), member(newKey("spy", uscc(77)), "spy", pledge.RoleIPCentre))
		other := newChain(t, g, s.operator)
		proof, _ := other.Prove(t.Context(), pledge.Position{})
		f["onchain/genesis.json"] = []byte(canonical(t, proof))
		return f.pack(t, s.exchange)
	}},
	{"a block that the operator did not sign", evidence.CheckOperator, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		name := f.command(t, s, "asset.notarize", 0)
		f.edit(t, name, func(m map[string]any) {
			m["header"], _ = newKey("other operator", "").SignJWS("datapledge-block+jws", []byte(payloadOf(m["header"].(string))))
		})
		return f.pack(t, s.exchange)
	}},
	{"a party's signature in place of the operator's", evidence.CheckOperator, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		name := f.command(t, s, "asset.notarize", 0)
		f.edit(t, name, func(m map[string]any) {
			m["header"], _ = s.exchange.SignJWS("datapledge-block+jws", []byte(payloadOf(m["header"].(string))))
		})
		return f.pack(t, s.exchange)
	}},
	{"blocks swapped between two commands", evidence.CheckInclusion, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		a, b := f.command(t, s, "party.enroll", 0), f.command(t, s, "asset.notarize", 0)
		one, two := parsed(t, f, a), parsed(t, f, b)
		f.edit(t, a, func(m map[string]any) { swap(m, two, "header") })
		f.edit(t, b, func(m map[string]any) { swap(m, one, "header") })
		return f.pack(t, s.exchange)
	}},
	{"a step of a path changed", evidence.CheckInclusion, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		f.edit(t, f.command(t, s, "party.add_key", 0), func(m map[string]any) { m["path"] = []string{hash("x")} })
		return f.pack(t, s.exchange)
	}},
	{"a path too long", evidence.CheckInclusion, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		f.edit(t, f.command(t, s, "party.add_key", 0), func(m map[string]any) { m["path"] = append(m["path"].([]any), hash("x")) })
		return f.pack(t, s.exchange)
	}},
	{"an index beyond the block", evidence.CheckInclusion, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		f.edit(t, f.command(t, s, "party.add_key", 0), func(m map[string]any) { m["index"] = 2 })
		return f.pack(t, s.exchange)
	}},
	{"a proof that is not canonical", evidence.CheckInclusion, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		name := f.command(t, s, "party.add_key", 0)
		f[name] = append(f[name], '\n')
		return f.pack(t, s.exchange)
	}},
	{"a proof under another command's name", evidence.CheckCommandID, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		name := f.command(t, s, "asset.notarize", 0)
		f["onchain/commands/cmd_"+hash("x")+".json"] = f[name]
		delete(f, name)
		return f.pack(t, s.exchange)
	}},
	{"an entry twice", evidence.CheckOrder, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		f["onchain/commands/cmd_"+hash("x")+".json"] = f[f.command(t, s, "asset.notarize", 0)]
		return f.pack(t, s.exchange)
	}},
	{"as_of names another block", evidence.CheckOrder, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		f.edit(t, "manifest.json", func(m map[string]any) { m["as_of"].(map[string]any)["hash"] = hash("x") })
		return f.pack(t, s.exchange)
	}},
	{"a command after as_of", evidence.CheckOrder, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		f.edit(t, "manifest.json", func(m map[string]any) { m["as_of"].(map[string]any)["height"] = 3 })
		return f.pack(t, s.exchange)
	}},
	{"a removed command", evidence.CheckReplay, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		delete(f, f.command(t, s, "pledge.release", 0))
		return f.pack(t, s.exchange)
	}},
	{"the last command removed", evidence.CheckHistory, "record.json", func(t *testing.T, s *story, f contents) []byte {
		delete(f, f.command(t, s, "pledge.register", 1))
		return f.pack(t, s.exchange)
	}},
	{"the record changed", evidence.CheckHistory, "record.json", func(t *testing.T, s *story, f contents) []byte {
		f.edit(t, "record.json", func(m map[string]any) { m["name"] = "better data" })
		return f.pack(t, s.exchange)
	}},
	{"a party's record changed", evidence.CheckParties, "parties/", func(t *testing.T, s *story, f contents) []byte {
		f.edit(t, "parties/"+s.owner.party+".json", func(m map[string]any) { m["name"] = "somebody else" })
		return f.pack(t, s.exchange)
	}},
	{"a party that signed is missing", evidence.CheckParties, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		delete(f, "parties/"+s.owner.party+".json")
		return f.pack(t, s.exchange)
	}},
	{"the enrolment removed", evidence.CheckEnrolled, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		delete(f, f.command(t, s, "party.enroll", 0))
		return f.pack(t, s.exchange)
	}},
	{"the added key removed", evidence.CheckEnrolled, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		delete(f, f.command(t, s, "party.add_key", 0))
		return f.pack(t, s.exchange)
	}},
	{"another custody receipt", evidence.CheckReceiptMatches, "custody/receipt.jws", func(t *testing.T, s *story, f contents) []byte {
		_, body := s.notarization(s.owner2, "x", "y")
		f["custody/receipt.jws"] = []byte(body.CustodyReceipt)
		return f.pack(t, s.exchange)
	}},
	{"another manifest of files", evidence.CheckFingerprint, "manifest/", func(t *testing.T, s *story, f contents) []byte {
		name := "manifest/" + hash(pledge.Manifest(files("a", "b"))) + ".txt"
		f[name] = bytes.ToUpper(f[name])
		return f.pack(t, s.exchange)
	}},
	{"the manifest of another dataset beside it", evidence.CheckFingerprint, "manifest/", func(t *testing.T, s *story, f contents) []byte {
		name := "manifest/" + hash(pledge.Manifest(files("a", "b"))) + ".txt"
		f["manifest/"+hash("x")+".txt"] = f[name]
		return f.pack(t, s.exchange)
	}},
	{"other sizes of files", evidence.CheckFingerprint, "manifest/files.json", func(t *testing.T, s *story, f contents) []byte {
		list := files("a", "b")
		list[0].Size, list[1].Size = 999, 101
		f["manifest/files.json"] = []byte(canonical(t, list))
		return f.pack(t, s.exchange)
	}},
	{"other files", evidence.CheckFingerprint, "manifest/files.json", func(t *testing.T, s *story, f contents) []byte {
		f["manifest/files.json"] = []byte(canonical(t, files("a", "c")))
		return f.pack(t, s.exchange)
	}},

	// What only a dishonest operator can do.
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
		last := s.blocks[len(s.blocks)-1]
		s.blocks = s.blocks[:len(s.blocks)-1]
		s.forge(last.jws[0], func(e map[string]any) {
			writes := slices.Clone(last.writes[0])
			for i, w := range writes {
				if w.Key == pledge.KeyAsset(s.asset) {
					writes[i].Value = json.RawMessage(bytes.Replace(w.Value, []byte(`"EXCLUSIVE"`), []byte(`"ranked"`), 1))
					writes[i].Value = json.RawMessage(bytes.Replace(writes[i].Value, []byte(`"exclusive"`), []byte(`"ranked"`), 1))
				}
			}
			e["writes"] = writes
			e["outcome"].(map[string]any)["record_id"] = s.pledge
		})
		return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
	}},
	{"another record id", evidence.CheckCommandID, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		s.forge(s.sign(s.owner2, pledge.PledgePropose, pledge.ProposeBody{AssetID: s.asset, Pledgee: s.bank.party, Terms: s.terms("ranked")}), nil)
		return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
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
			_, other := s.notarization(s.owner2, "y")
			body.CustodyReceipt = other.CustodyReceipt
		})
	}},
	{"a receipt for another owner", evidence.CheckReceiptMatches, "custody/receipt.jws", func(t *testing.T, s *story, f contents) []byte {
		return s.renotarized(t, f, func(body *pledge.NotarizeBody) {
			_, other := s.notarization(s.other, "p", "q")
			body.CustodyReceipt = other.CustodyReceipt
		})
	}},
}

func idOf(jws string) string { return "cmd_" + hash(jws[:strings.LastIndex(jws, ".")]) }

func recordOf(prefix, jws string) string {
	sum := sha256.Sum256([]byte(jws[:strings.LastIndex(jws, ".")]))
	return prefix + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:26]
}

func payloadOf(jws string) string {
	raw, _ := b64.DecodeString(strings.Split(jws, ".")[1])
	return string(raw)
}

// newRecord gives a forged entry the record id that follows from its command.
func (s *story) newRecord(entry map[string]any) {
	entry["outcome"].(map[string]any)["record_id"] = recordOf("pl_", entry["command"].(string))
}

func receiptBy(who func(*story) key) func(*testing.T, *story, contents) []byte {
	return func(t *testing.T, s *story, f contents) []byte {
		return s.renotarized(t, f, func(body *pledge.NotarizeBody) {
			body.CustodyReceipt = s.sign(who(s), pledge.CustodyReceiptAct, pledge.ReceiptBody{Fingerprint: body.Fingerprint, Owner: s.owner.party,
				Files: len(body.Files), Size: sizeOf(body.Files), Depth: "full"})
		})
	}
}

// renotarized is the package of an asset that the operator put on the ledger
// with a receipt that the rules refuse.
func (s *story) renotarized(t *testing.T, f contents, change func(*pledge.NotarizeBody)) []byte {
	t.Helper()
	_, body := s.notarization(s.owner2, "p", "q")
	change(&body)
	jws := s.sign(s.owner2, pledge.AssetNotarize, body)
	record := map[string]any{}
	if err := json.Unmarshal(s.state[pledge.KeyAsset(s.asset)], &record); err != nil {
		t.Fatal(err)
	}
	id := recordOf("as_", jws)
	record["asset_id"], record["fingerprint"], record["custody_receipt"] = id, body.Fingerprint, body.CustodyReceipt
	value := json.RawMessage(canonical(t, record))
	s.forge(jws, func(e map[string]any) {
		e["outcome"].(map[string]any)["record_id"] = id
		e["writes"] = []any{map[string]any{"key": pledge.KeyAsset(id), "value": value}}
	})
	g := s.dishonest(t, f, len(s.blocks)-1)
	delete(g, "manifest/"+hash(pledge.Manifest(files("a", "b")))+".txt")
	g["record.json"], g["custody/receipt.jws"] = value, []byte(body.CustodyReceipt)
	g["manifest/files.json"] = []byte(canonical(t, body.Files))
	text := pledge.Manifest(body.Files)
	g["manifest/"+hash(text)+".txt"] = []byte(text)
	g.edit(t, "manifest.json", func(m map[string]any) { m["record_id"] = id })
	return g.pack(t, s.exchange)
}

func TestAttacks(t *testing.T) {
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			s := newStory(t)
			trust := s.trust()
			f := unpack(t, s.write(s.asset))
			r := check(t, a.make(t, s, f), trust)
			if r.OK() || r.ExitCode() != evidence.ExitTampered {
				t.Fatal("passed")
			}
			for _, failure := range r.Find(a.check).Failures {
				if strings.Contains(failure.File, a.file) {
					return
				}
			}
			t.Errorf("%s did not find it in %s:\n%s", a.check, a.file, text(r))
		})
	}
}

// A check that nothing makes fail is no check.
func TestEveryCheckIsSeenFailing(t *testing.T) {
	seen := map[string]bool{evidence.CheckDataMatches: true} // TestData
	for _, a := range attacks {
		seen[a.check] = true
	}
	s := newStory(t)
	for _, c := range check(t, s.write(s.asset), s.trust()).Checks {
		if !seen[c.Name] {
			t.Errorf("no attack makes %s fail", c.Name)
		}
	}
}

// Packing again what was not changed must stand, or the attacks above prove nothing.
func TestPackingAgainStands(t *testing.T) {
	s := newStory(t)
	data := s.write(s.asset)
	if r := check(t, unpack(t, data).pack(t, s.exchange), s.trust()); !r.OK() {
		t.Error(text(r))
	}
	if r := check(t, s.dishonest(t, unpack(t, data)).pack(t, s.exchange), s.trust()); !r.OK() {
		t.Error(text(r))
	}
}

func TestTrustDecides(t *testing.T) {
	s := newStory(t)
	data := s.write(s.asset)
	other := newKey("another operator", "")
	for name, tt := range map[string]struct {
		change func(*evidence.Trust)
		want   string
	}{
		"wrong operator":  {func(tr *evidence.Trust) { tr.Operator = other.jwk() }, evidence.CheckOperator},
		"another ledger":  {func(tr *evidence.Trust) { tr.GenesisHash = hash("x") }, evidence.CheckGenesis},
		"another channel": {func(tr *evidence.Trust) { tr.Channel = "other" }, evidence.CheckChannel},
	} {
		trust := s.trust()
		tt.change(&trust)
		if r := check(t, data, trust); r.OK() || r.Find(tt.want).Result != evidence.Fail {
			t.Errorf("%s: got %s", name, text(r))
		}
	}
}
