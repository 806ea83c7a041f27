package evidence_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/evidence"
)

func TestPackageOfEveryRecordStands(t *testing.T) {
	s := newStory(t)
	for name, id := range map[string]string{
		"asset": s.asset, "overlapping asset": s.kin, "pledge in force": s.pledge, "released pledge": s.released,
		"enterprise": s.owner.party, "member": s.bank.party,
	} {
		t.Run(name, func(t *testing.T) {
			r := check(t, s.write(id), s.trust())
			if !r.OK() || r.ExitCode() != 0 || r.RecordID != id || r.Channel != "pledge" {
				t.Fatalf("got %s", text(r))
			}
			for _, c := range r.Checks {
				if evidence.Optional(c.Name) && c.Name != evidence.CheckParts {
					if c.Result != evidence.NotPresent {
						t.Errorf("%s: got %s for what is not in the package", c.Name, c.Result)
					}
					continue
				}
				data := strings.HasPrefix(c.Name, "custody-") || strings.HasPrefix(c.Name, "fingerprint-")
				want := evidence.Pass
				if data && r.RecordKind == evidence.KindParty {
					want = evidence.NotPresent
				}
				if name == "member" && slices.Contains([]string{evidence.CheckCommand, evidence.CheckEnrolled, evidence.CheckNotRevoked, evidence.CheckCommandID}, c.Name) {
					continue // block 0 enrolled it: there may be no command
				}
				if c.Result != want {
					t.Errorf("%s: got %s, want %s", c.Name, c.Result, want)
				}
			}
		})
	}
}

func TestSameLedgerSameBytes(t *testing.T) {
	a, b := newStoryAt(t, storyBegan), newStoryAt(t, storyBegan)
	if !bytes.Equal(a.write(a.pledge), b.write(b.pledge)) {
		t.Error("two packages of the same ledger differ")
	}
}

func TestStockToolsOpenIt(t *testing.T) {
	s := newStory(t)
	data := s.write(s.pledge)
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

// A package has only what is needed: keys that were added and revoked, and
// the other asset whose file the rules looked at.
func TestPackageHoldsWhatTheRulesRead(t *testing.T) {
	s := newStory(t)
	acts := map[string]int{}
	r := check(t, s.write(s.kin), s.trust())
	for _, l := range r.History {
		acts[l.Act]++
	}
	if acts["party.enroll"] != 2 || acts["party.add_key"] != 1 || acts["party.revoke_key"] != 1 || acts["asset.notarize"] != 2 {
		t.Errorf("got %v", acts)
	}
}

func TestUnknownRecord(t *testing.T) {
	s := newStory(t)
	for _, id := range []string{"as_" + strings.Repeat("a", 26), "pl_" + strings.Repeat("a", 26), uscc(99), "", "../x"} {
		var b bytes.Buffer
		err := evidence.Write(context.Background(), &b, s.source(), id)
		if !errors.Is(err, service.ErrNotFound) || b.Len() != 0 {
			t.Errorf("%q: got %v and %d bytes, want not found", id, err, b.Len())
		}
	}
}

// forgetful is a read model that lost one revision of every record.
type forgetful struct{ *chain }

func (f forgetful) History(ctx context.Context, key string, p service.Page) ([]service.Revision, string, error) {
	list, next, err := f.chain.History(ctx, key, p)
	if len(list) > 2 {
		list = slices.Delete(list, 1, 2)
	}
	return list, next, err
}

func TestUnsoundPackageIsNotHandedOut(t *testing.T) {
	s := newStory(t)
	src := s.source()
	src.Index = forgetful{s.chain}
	var b bytes.Buffer
	err := evidence.Write(context.Background(), &b, src, s.pledge)
	if !errors.Is(err, evidence.ErrUnsound) || b.Len() != 0 {
		t.Errorf("got %v and %d bytes, want %v and none", err, b.Len(), evidence.ErrUnsound)
	}
}

// A dataset of more files than a command can name is proven by its root.
func TestManyFiles(t *testing.T) {
	s := newStory(t)
	var names []string
	for i := range pledge.MaxFiles + 1 {
		names = append(names, fmt.Sprintf("part-%04d", i))
	}
	_, body := s.notarization(s.owner2, names...)
	list := body.Files
	body.Files, body.ManifestRoot = nil, manifestRoot(list)
	id := s.commit(s.sign(s.owner2, pledge.AssetNotarize, body))
	src := s.source()
	if err := evidence.Write(context.Background(), io.Discard, src, id); err == nil {
		t.Error("a package without its files was handed out")
	}
	src.Files = func(context.Context, string, string) ([]pledge.File, error) { return list, nil }
	var b bytes.Buffer
	if err := evidence.Write(context.Background(), &b, src, id); err != nil {
		t.Fatal(err)
	}
	swapped := slices.Clone(list)
	swapped[0].Root = hash("another")
	src.Files = func(context.Context, string, string) ([]pledge.File, error) { return swapped, nil }
	if err := evidence.Write(context.Background(), io.Discard, src, id); !errors.Is(err, evidence.ErrUnsound) {
		t.Errorf("a changed chunk root: got %v, want %v", err, evidence.ErrUnsound)
	}
}

func manifestRoot(files []pledge.File) string {
	var leaves []string
	for _, f := range files {
		leaves = append(leaves, fmt.Sprintf("%d %s %s  %s\n", f.Size, f.SHA256, f.Root, f.Path))
	}
	return fmt.Sprintf("%x", treeHash(leaves))
}

func TestReportAsJSON(t *testing.T) {
	s := newStory(t)
	var b bytes.Buffer
	if err := check(t, s.write(s.asset), s.trust()).WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Verdict string
		Checks  []evidence.Finding
		History []evidence.Line
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Verdict != "ok" || len(got.Checks) != len(evidence.CheckNames("solo")) || len(got.History) == 0 {
		t.Errorf("got %s", b.String())
	}
}

func TestCheckStopsWithContext(t *testing.T) {
	s := newStory(t)
	data := s.write(s.asset)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if r, err := evidence.Check(ctx, bytes.NewReader(data), int64(len(data)), s.trust()); !errors.Is(err, context.Canceled) || r.OK() {
		t.Errorf("got %v, verdict %s", err, r.Verdict)
	}
}

func BenchmarkCheck(b *testing.B) {
	s := newStory(b)
	for name, id := range map[string]string{"asset": s.asset, "pledge": s.pledge, "party": s.owner.party} {
		data := s.write(id)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if r := check(b, data, s.trust()); !r.OK() {
					b.Fatal(text(r))
				}
			}
		})
	}
}

func BenchmarkWrite(b *testing.B) {
	s := newStory(b)
	b.ReportAllocs()
	for b.Loop() {
		s.write(s.pledge)
	}
}
