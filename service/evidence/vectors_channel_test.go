package evidence_test

import (
	"archive/zip"
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
)

func (m *maker) receipts() {
	s, court, f := imprinted(m.t)
	m.base("solo-imprinted", f.pack(m.t, s.exchange), "solo")
	last := uint64(len(s.blocks) - 1)
	one := func(k key, change func(map[string]any)) []byte { return second(s.receiptFile(k, last, change)) }
	set := func(name string, v any) func(map[string]any) { return func(m map[string]any) { m[name] = v } }
	for name, jws := range map[string][]byte{
		"a stranger's receipt":             one(newKey("stranger", court.party), set("v", 1)),
		"a bank's receipt":                 one(s.bank, set("v", 1)),
		"a receipt in the court's name":    one(s.bank, set("party", court.party)),
		"a receipt of another block":       one(court, set("hash", strings.Repeat("1", 64))),
		"a receipt of a block not here":    one(court, set("block", last+1)),
		"a receipt of more records":        one(court, set("records", 2)),
		"a receipt of another channel":     one(court, set("channel", "other")),
		"a receipt with an unknown member": one(court, set("more", 1)),
	} {
		g := maps.Clone(f)
		path, _ := nameOfReceipt(string(jws))
		g[path] = jws
		m.add("receipts", "solo-imprinted", "solo", name, g.pack(m.t, s.exchange), evidence.CheckImprintReceipts)
	}
}

// damage is done to the file as a whole: nobody signs anything again.
func (m *maker) damage() {
	sound := m.bases["solo-asset"]
	f := unpack(m.t, sound)
	names := slices.Sorted(maps.Keys(f))
	central := bytes.LastIndex(sound, []byte("PK\x01\x02"))
	first := bytes.Index(sound, []byte("PK\x01\x02"))
	edits := map[string]hunk{
		"a byte before":           {0, 0, []byte("x")},
		"a byte after":            {len(sound), 0, []byte("x")},
		"the end cut off":         {len(sound) - 1, 1, nil},
		"half of it":              {len(sound) / 2, len(sound) - len(sound)/2, nil},
		"nothing at all":          {0, len(sound), nil},
		"a comment":               {len(sound) - 2, 2, []byte("\x01\x00x")},
		"another disk":            {len(sound) - 18, 1, []byte{1}},
		"an entry less":           {len(sound) - 12, 1, []byte{sound[len(sound)-12] - 1}},
		"a directory elsewhere":   {len(sound) - 6, 1, []byte{sound[len(sound)-6] + 1}},
		"between files and list":  {first, 0, []byte("x")},
		"another time":            {10, 1, []byte{1}},
		"flags":                   {6, 1, []byte{8}},
		"a version":               {4, 1, []byte{45}},
		"a checksum":              {14, 1, []byte{sound[14] ^ 1}},
		"a name in the list":      {central + 46, 1, []byte("q")},
		"an executable file":      {central + 41, 1, []byte{0xed}},
		"internal attributes":     {central + 36, 1, []byte{1}},
		"the place of a file":     {central + 42, 1, []byte{sound[central+42] ^ 1}},
		"a list that has no file": {0, first, nil},
	}
	for _, name := range slices.Sorted(maps.Keys(edits)) {
		m.add("container", "solo-asset", "solo", name, edits[name].in(sound), evidence.CheckContainer)
	}
	m.add("container", "solo-asset", "solo", "files in another order", f.zipAs(m.t, reversed(names), nil), evidence.CheckContainer)
	m.add("container", "solo-asset", "solo", "a file twice", f.zipAs(m.t, append(slices.Clone(names), names[len(names)-1]), nil), evidence.CheckContainer)
	m.add("container", "solo-asset", "solo", "extra fields", f.zipAs(m.t, names, func(h *zip.FileHeader) { h.Extra = []byte{1, 0, 0, 0} }), evidence.CheckContainer)
	at := bytes.Index(sound, []byte("datapledge"))
	m.add("container", "solo-asset", "solo", "a content, and not its checksum", hunk{at, 1, []byte("D")}.in(sound), evidence.CheckContainer)
}

func reversed(names []string) []string {
	out := slices.Clone(names)
	slices.Reverse(out)
	return out
}

func (m *maker) channels() {
	m.fresh("channel", func(t *testing.T) {
		c := newChannel(t)
		m.trusts["channel"] = indented(t, c.trust())
		m.base("channel-asset", c.build(c.asset), "channel")
		m.add("stands", "channel-asset", "channel", "a party on a channel", c.build(c.owner.party), "")
	})
	for _, a := range slices.Concat(blockAttacks, transactionAttacks, harmless) {
		m.fresh(a.name, func(t *testing.T) {
			c := newChannel(t)
			f := unpack(t, c.build(c.asset))
			a.change(c)
			c.seal()
			group := "channel"
			if a.check == "" {
				group = "stands"
			}
			m.add(group, "channel-asset", "channel", a.name, c.replaced(t, f).pack(t, c.exchange), a.check)
		})
	}
	m.channelFiles()
}

func (m *maker) channelFiles() {
	for _, a := range fileAttacks {
		m.fresh(a.name, func(t *testing.T) {
			c := newChannel(t)
			f, signer := unpack(t, c.build(c.asset)), c.bank
			if a.change != nil {
				a.change(t, c, f)
				signer = c.exchange
			}
			m.add("channel", "channel-asset", "channel", a.name, f.pack(t, signer), a.check)
		})
	}
}

func (m *maker) checkpoints() {
	m.fresh("checkpoints", func(t *testing.T) {
		i := newCheckpointed(t)
		m.trusts["checkpointed"] = indented(t, i.trust())
		m.base("channel-checkpointed", i.build(), "checkpointed")
		m.add("stands", "channel-checkpointed", "channel", "checkpoints that the trust file does not know", i.build(), "")
	})
	for _, name := range slices.Sorted(maps.Keys(imprintAttacks)) {
		m.fresh(name, func(t *testing.T) {
			i := newCheckpointed(t)
			imprintAttacks[name](i)
			i.on.seal()
			m.add("checkpoints", "channel-checkpointed", "checkpointed", name, i.build(), evidence.CheckImprintChannel)
		})
	}
	for _, name := range slices.Sorted(maps.Keys(imprintFileAttacks)) {
		m.fresh(name, func(t *testing.T) {
			i := newCheckpointed(t)
			f := unpack(t, i.build())
			imprintFileAttacks[name](t, i, f)
			m.add("checkpoints", "channel-checkpointed", "checkpointed", "in the files: "+name, f.pack(t, i.exchange), evidence.CheckImprintChannel)
		})
	}
}

// trust changes what is believed; the packages are sound.
func (m *maker) trust() {
	for _, v := range []struct{ base, trust, name, old, new, check string }{
		{"solo-asset", "solo", "another channel", `"pledge"`, `"other"`, evidence.CheckChannel},
		{"solo-asset", "solo", "another genesis", `"genesis_hash": "`, `"genesis_hash": "00000000`, evidence.CheckGenesis},
		{"solo-asset", "solo", "another operator", `"x": "`, `"x": "AAAAAAAA`, evidence.CheckOperator},
		{"channel-asset", "channel", "another channel of a consortium", `"pledge"`, `"other"`, evidence.CheckChannel},
		{"channel-asset", "channel", "another block 0", `"genesis_hash": "`, `"genesis_hash": "00000000`, evidence.CheckGenesis},
		{"channel-asset", "channel", "another chaincode", `"datapledge"`, `"other"`, evidence.CheckTransaction},
		{"channel-asset", "channel", "a stricter policy", `"2 members, one of them ipcenter or notary"`, `"3 members"`, evidence.CheckEndorsements},
		{"channel-asset", "channel", "a policy of other roles", `one of them ipcenter or notary`, `one of them court`, evidence.CheckEndorsements},
		{"channel-asset", "channel", "another party behind a member", uscc(1), uscc(99), evidence.CheckGenesis},
		{"channel-asset", "channel", "peers not told apart", `"peer_ou": "peer"`, `"peer_ou": ""`, evidence.CheckGenesis},
		{"channel-asset", "channel", "another member of a consenter", `"msp": "BankMSP"`, `"msp": "BonkMSP"`, evidence.CheckGenesis},
		{"channel-checkpointed", "checkpointed", "another holder of checkpoints", `"channel": "imprint"`, `"channel": "other"`, evidence.CheckImprintChannel},
		{"channel-checkpointed", "checkpointed", "a stricter policy of the holders", `"2 members"`, `"3 members"`, evidence.CheckImprintChannel},
	} {
		old := v.old
		if strings.HasPrefix(v.new, old) { // as long as before
			at := bytes.Index(m.trusts[v.trust], []byte(old))
			old = string(m.trusts[v.trust][at : at+len(v.new)])
		}
		whole := piecesOf(m.bases[v.base], m.bases[v.base])
		m.take("trust", vector{Name: v.name, Base: v.base, Pieces: whole, Trust: v.trust, Edits: &[2]string{old, v.new}}, v.check)
	}
}

// hunk puts other bytes at a place, where cut bytes go.
type hunk struct {
	at, cut int
	put     []byte
}

func (h hunk) in(data []byte) []byte {
	return slices.Concat(data[:h.at], h.put, data[h.at+h.cut:])
}
