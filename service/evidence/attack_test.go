package evidence_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
)

// attack changes the unpacked package of the story's asset. Which check must
// find it, and in which file.
type attack struct {
	name, check, file string
	make              func(t *testing.T, s *story, f contents) []byte
}

var attacks = []attack{
	{"a file that is not listed", evidence.CheckComplete, "asset.json", func(t *testing.T, s *story, f contents) []byte {
		f["asset.json"] = f["record.json"]
		return f.zip(t)
	}},
	{"the report of a search in the package of an asset", evidence.CheckComplete, "search/report.jws", strangeFile("search/report.jws", "search-report")},
	{"a pledge's asset in the package of an asset", evidence.CheckComplete, "asset.json", strangeFile("asset.json", "asset")},
	{"a block of a channel in the package of a solo ledger", evidence.CheckComplete, "onchain/blocks/", strangeFile("onchain/blocks/00000000000000000000.block", "block")},
	{"a file of another name", evidence.CheckContainer, "virus.exe", func(t *testing.T, s *story, f contents) []byte {
		f["virus.exe"] = []byte("x")
		return f.pack(t, s.exchange)
	}},
	{"a path that leads out", evidence.CheckContainer, "../record.json", func(t *testing.T, s *story, f contents) []byte {
		f["../record.json"] = f["record.json"]
		return f.pack(t, s.exchange)
	}},
	{"a list of parts that has more than the package", evidence.CheckParts, "parts.json", func(t *testing.T, s *story, f contents) []byte {
		f["parts.json"] = bytes.Replace(f["parts.json"], []byte(`"02","state":"MISSING"`), []byte(`"02","state":"PRESENT"`), 1)
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
	{"another size", evidence.CheckDigests, "README.txt", func(t *testing.T, s *story, f contents) []byte {
		f.pack(t, s.exchange)
		f.edit(t, "manifest.json", func(m map[string]any) {
			for _, l := range m["files"].([]any) {
				if l := l.(map[string]any); l["path"] == "README.txt" {
					l["size"] = 1
				}
			}
		})
		return f.sign(t, s.exchange, string(f["manifest.json"]))
	}},
	{"a manifest whose signature is another's", evidence.CheckSignature, "manifest.jws", func(t *testing.T, s *story, f contents) []byte {
		jws := string(f["manifest.jws"])
		other, _ := s.exchange.SignJWS(evidence.SignatureType, []byte("x"))
		f["manifest.jws"] = []byte(jws[:strings.LastIndex(jws, ".")] + other[strings.LastIndex(other, "."):])
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
	{"another count", evidence.CheckInclusion, "onchain/commands/", func(t *testing.T, s *story, f contents) []byte {
		f.edit(t, f.command(t, s, "party.add_key", 0), func(m map[string]any) { m["count"] = 3 })
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
		f.edit(t, "manifest.json", func(m map[string]any) { m["as_of"] = map[string]any{"height": 3, "hash": hash(s.blocks[3].payload)} })
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
	{"a party that nobody enrolled", evidence.CheckParties, "parties/", func(t *testing.T, s *story, f contents) []byte {
		f["parties/"+uscc(55)+".json"] = f["parties/"+s.owner.party+".json"]
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
}

// strangeFile adds a file that has its role, and no place in the package.
func strangeFile(name, role string) func(*testing.T, *story, contents) []byte {
	return func(t *testing.T, s *story, f contents) []byte {
		f[name] = []byte("{}")
		f.edit(t, "manifest.json", func(m map[string]any) {
			m["files"] = append(m["files"].([]any), map[string]any{"path": name, "role": role})
		})
		return f.pack(t, s.exchange)
	}
}

func TestAttacks(t *testing.T) {
	for _, a := range slices.Concat(attacks, operatorAttacks) {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			s := newStory(t)
			trust := s.trust()
			f := s.sound.of(s.asset)
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
	seen := map[string]bool{evidence.CheckDataMatches: true, evidence.CheckSM3: true, // TestSM3Attacks
		evidence.CheckImprintReceipts: true, evidence.CheckImprintChannel: true, // TestData, TestImprintReceiptsForged, TestImprintAttacks
		evidence.CheckTimeStamps: true} // TestForgedTimeStamps
	for _, a := range searchAttacks {
		seen[a.check] = true
	}
	for _, a := range slices.Concat(attacks, operatorAttacks) {
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

// A trust that names a later block for the first cuts off what came before.
func TestGenesisIsTheFirstBlock(t *testing.T) {
	s := newStory(t)
	f := unpack(t, s.write(s.asset))
	s.append(s.blocks[0].entries, nil, []string{""})
	n := len(s.blocks) - 1
	proof, err := s.Prove(t.Context(), pledge.Position{Block: uint64(n)})
	if err != nil {
		t.Fatal(err)
	}
	f["onchain/genesis.json"] = []byte(canonical(t, proof))
	trust := s.trust()
	trust.GenesisHash = hash(s.blocks[n].payload)
	if r := check(t, f.pack(t, s.exchange), trust); r.Find(evidence.CheckGenesis).Result != evidence.Fail {
		t.Error(text(r))
	}
}

// A trusted genesis whose state is not what the rules make of its members.
func TestGenesisStateFollowsTheRules(t *testing.T) {
	s := newStory(t)
	writes := slices.Clone(s.blocks[0].writes[0])
	for i, w := range writes {
		writes[i].Value = bytes.Replace(w.Value, []byte(`"bank"`), []byte(`"bank","ipcenter"`), 1)
	}
	s.blocks = nil
	s.append([]string{canonical(t, map[string]any{"genesis": s.genesis, "writes": writes})}, [][]pledge.Write{writes}, []string{""})
	if err := evidence.Write(t.Context(), io.Discard, s.source(), s.bank.party); !errors.Is(err, evidence.ErrUnsound) || !strings.Contains(err.Error(), evidence.CheckReplay) {
		t.Errorf("got %v", err)
	}
}
