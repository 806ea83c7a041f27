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
		if strings.HasPrefix(name, "parties/") {
			role = "party"
		}
		if strings.HasPrefix(name, "imprint/receipts/") {
			role = "imprint-receipt"
		}
		if strings.HasPrefix(name, "imprint/checkpoints/") {
			role = "imprint-checkpoint"
		}
		if strings.HasPrefix(name, "imprint/blocks/") {
			role = "imprint-block"
		}
		if strings.HasPrefix(name, "manifest/") && strings.HasSuffix(name, ".txt") {
			role = "manifest"
		}
		if name == "manifest/sm3.txt" {
			role = "sm3-manifest"
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
	return f.zipAs(t, slices.Sorted(maps.Keys(f)), nil)
}

// zipAs packs the named files in that order, each header changed at will.
func (f contents) zipAs(t testing.TB, names []string, change func(*zip.FileHeader)) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		h := &zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(f[name]), CompressedSize64: uint64(len(f[name])),
			UncompressedSize64: uint64(len(f[name])), ModifiedDate: 0x21, ReaderVersion: 20, CreatorVersion: 0x0314, ExternalAttrs: 0x81A40000}
		if change != nil {
			change(h)
		}
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

func swap(m map[string]any, with map[string]any, name string) { m[name] = with[name] }

func parsed(t *testing.T, f contents, name string) (m map[string]any) {
	f.edit(t, name, func(got map[string]any) { m = got })
	return m
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

// reforge replaces the story's last block, the registration, by one with the
// same command and other writes.
func (s *story) reforge(t testing.TB, f contents, change func([]pledge.Write) []pledge.Write) []byte {
	t.Helper()
	last := s.blocks[len(s.blocks)-1]
	s.blocks, s.now = s.blocks[:len(s.blocks)-1], last.time.Add(-time.Second)
	s.forge(last.jws[0], func(e map[string]any) {
		e["writes"] = change(slices.Clone(last.writes[0]))
		e["outcome"].(map[string]any)["record_id"] = s.pledge
	})
	return s.dishonest(t, f, len(s.blocks)-1).pack(t, s.exchange)
}

// newRecord gives a forged entry the record id that follows from its command.
func (s *story) newRecord(entry map[string]any) {
	entry["outcome"].(map[string]any)["record_id"] = recordOf("pl_", entry["command"].(string))
}

func receiptBy(who func(*story) key) func(*testing.T, *story, contents) []byte {
	return func(t *testing.T, s *story, f contents) []byte {
		return s.renotarized(t, f, func(body *pledge.NotarizeBody) {
			body.CustodyReceipt = s.sign(who(s), pledge.CustodyReceiptAct, s.receiptOf(body))
		})
	}
}

func (s *story) receiptOf(body *pledge.NotarizeBody) pledge.ReceiptBody {
	return pledge.ReceiptBody{Fingerprint: body.Fingerprint, Owner: s.owner.party, Files: len(body.Files), Size: sizeOf(body.Files), ManifestRoot: manifestRoot(body.Files), Depth: "full"}
}

// receiptSaying puts a receipt by the exchange that was changed.
func (s *story) receiptSaying(change func(*pledge.ReceiptBody)) func(*pledge.NotarizeBody) {
	return func(body *pledge.NotarizeBody) {
		r := s.receiptOf(body)
		change(&r)
		body.CustodyReceipt = s.sign(s.exchange, pledge.CustodyReceiptAct, r)
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
	record["size"], record["files"], record["manifest_root"] = 2000, 2, manifestRoot(files("p", "q"))
	if record["name"] = body.Name; body.Name == "three files" {
		record["files"] = 3
	}
	if body.SM3Fingerprint != "" {
		record["sm3_fingerprint"], record["v"] = body.SM3Fingerprint, pledge.AssetVersion
	}
	value := json.RawMessage(canonical(t, record))
	s.forge(jws, func(e map[string]any) {
		e["outcome"].(map[string]any)["record_id"] = id
		e["writes"] = []any{map[string]any{"key": pledge.KeyAsset(id), "value": value}}
	})
	g := s.dishonest(t, f, len(s.blocks)-1)
	delete(g, "manifest/"+hash(pledge.Manifest(files("a", "b")))+".txt")
	g["record.json"], g["custody/receipt.jws"] = value, []byte(body.CustodyReceipt)
	g["manifest/files.json"] = []byte(canonical(t, body.Files))
	text := pledge.Manifest(files("p", "q"))
	g["manifest/"+strings.TrimPrefix(body.Fingerprint, "sha256:")+".txt"] = []byte(text)
	g.edit(t, "manifest.json", func(m map[string]any) { m["record_id"] = id })
	return g.pack(t, s.exchange)
}
