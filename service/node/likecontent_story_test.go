package node_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

// cast are clients of a node: the institutions of a trial, and more parties.
type cast struct {
	t      *testing.T
	server string
	keys   string
}

func newCast(t *testing.T) *cast {
	t.Helper()
	c := config(t)
	n := open(t, c, io.Discard)
	server := httptest.NewServer(n.Handler())
	t.Cleanup(func() { server.Close(); closed(t, n) })
	return &cast{t, server.URL, filepath.Join(c.Data, "keys")}
}

func (c *cast) as(key *client.Key) *client.Client {
	c.t.Helper()
	return got(client.Dial(c.server, key, client.Options{}))(c.t)
}

func (c *cast) institution(name string) (*client.Client, *client.Key) {
	c.t.Helper()
	key := got(client.Load(filepath.Join(c.keys, name+".jwk"), nil))(c.t)
	return c.as(key), key
}

func (c *cast) enrolled(uscc string, role pledge.Role) (*client.Client, *client.Key) {
	c.t.Helper()
	key := got(client.New(client.Ed25519, uscc, pledge.ScopeAdmin))(c.t)
	centre, _ := c.institution("ipcenter")
	got(centre.Act(c.t.Context(), pledge.PartyEnroll, pledge.EnrollBody{Party: uscc, Name: string(role) + " (demo)", Roles: []pledge.Role{role},
		Keys: []pledge.KeyGrant{{JWK: key.Public(), Scope: pledge.ScopeAdmin}}, Recipient: key.Recipient()}))(c.t)
	return c.as(key), key
}

func got[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// notarized uploads a table and notarizes it as its custodian found it; what it
// found, the owner answers for.
func (c *cast) notarized(owner *client.Client, key *client.Key, name string, table []byte) string {
	c.t.Helper()
	ctx := c.t.Context()
	up := got(owner.BeginUpload(ctx, name))(c.t)
	if err := owner.PutFile(ctx, up.ID, client.Source{Path: name, Size: int64(len(table)), SHA256: digest(table)[7:], Content: bytes.NewReader(table)}); err != nil {
		c.t.Fatal(err)
	}
	sealed := got(owner.SealUpload(ctx, up.ID))(c.t)
	d := sealed.Preflight.Declaration
	d.Consent = pledge.Consent{Basis: "public record", Documents: []string{digest([]byte("consent"))}}
	d.Exclusion.SignedBy = key.KID()
	for _, f := range sealed.Receipt.Preflight.Findings {
		d.Overrides = append(d.Overrides, pledge.Override{Finding: f, Reason: "public data", Capacity: "data protection officer", SignedBy: key.KID()})
	}
	return got(owner.Act(ctx, pledge.AssetNotarize, pledge.NotarizeBody{Name: name, Fingerprint: sealed.Fingerprint, Files: sealed.Files, Source: "self-collected",
		Scenario: "a test", UpdatePeriod: "P1M", Declaration: d, CustodyReceipt: sealed.CustodyReceipt}))(c.t).RecordID
}

// accepted is a pledge that both sides agreed to.
func (c *cast) accepted(owner, bank *client.Client, asset, pledgee string) (id, terms string) {
	c.t.Helper()
	ctx := c.t.Context()
	amount := pledge.Amount{Amount: 100_000_000, Currency: "CNY"}
	t := pledge.Terms{Principal: amount, SecuredMax: amount, Matures: "2098-01-01T00:00:00Z", Expires: "2099-01-01T00:00:00Z", Mode: "exclusive",
		SecurityType: "PLEDGE", LegalCharacterization: "DATA_ASSET_PLEDGE", Checks: []string{"scan"}, CommitmentLetter: digest([]byte("letter")), Agreement: digest([]byte("agreement"))}
	terms = got(t.Digest())(c.t)
	id = got(owner.Act(ctx, pledge.PledgePropose, pledge.ProposeBody{AssetID: asset, Pledgee: pledgee, Terms: t}))(c.t).RecordID
	got(bank.Act(ctx, pledge.PledgeAccept, pledge.AgreeBody{PledgeID: id, TermsDigest: terms}))(c.t)
	return id, terms
}

// scanned signs what a scan finds.
func (c *cast) scanned(id string, change func(*pledge.ScanBody)) error {
	c.t.Helper()
	centre, key := c.institution("ipcenter")
	found := got(centre.Scan(c.t.Context(), id, ""))(c.t)
	b := pledge.ScanBody{PledgeID: id, Result: pledge.ScanClean, Report: found.Value.Report, Overlaps: found.Value.Document.Overlaps}
	change(&b)
	switch b.Result {
	case pledge.ScanWaived:
		b.WaivedBy = key.KID()
	case pledge.ScanReviewed:
		b.ReviewedBy = key.KID()
	}
	_, err := centre.Act(c.t.Context(), pledge.PledgeScan, b)
	return err
}

// searched waits for the index of content to show the ledger's head.
func (c *cast) searched(by *client.Client, asset string) client.Search {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	for {
		if s := got(by.Search(ctx, client.SearchQuery{AssetID: asset}))(c.t).Value; s.Content.Compared {
			return s
		}
	}
}

func like(s client.Search, asset string) *service.Match {
	if i := slices.IndexFunc(s.Content.Matches, func(m service.Match) bool { return m.AssetID == asset }); i >= 0 {
		return &s.Content.Matches[i]
	}
	return nil
}

// shipped is the table of the demonstration, without its header.
func shipped(t *testing.T) (header []string, rows [][]string) {
	t.Helper()
	text := got(os.ReadFile("../../cmd/datapledge/demo/data/birdstrikes-1990s.csv"))(t)
	all := got(csv.NewReader(bytes.NewReader(text)).ReadAll())(t)
	return all[0], all[1:]
}

func printed(t *testing.T, header []string, rows [][]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(append([][]string{header}, rows...)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// disguised has the rows in another order, the columns under other names, one
// cell in twenty changed, and another encoding.
func disguised(t *testing.T, header []string, rows [][]string) (file []byte, changed [][]string) {
	t.Helper()
	dice := rand.New(rand.NewPCG(5, 8))
	names := make([]string, len(header))
	for i := range names {
		names[i] = fmt.Sprintf("列%d", i+1)
	}
	for _, row := range rows {
		row = slices.Clone(row)
		for i := range row {
			if dice.IntN(20) == 0 {
				row[i] = fmt.Sprint("改", dice.Uint64())
			}
		}
		changed = append(changed, row)
	}
	dice.Shuffle(len(changed), func(i, j int) { changed[i], changed[j] = changed[j], changed[i] })
	return got(simplifiedchinese.GB18030.NewEncoder().Bytes(printed(t, names, changed)))(t), changed
}

// shared is how many basis points of the different rows of a are in b.
func shared(a, b [][]string) int {
	in := map[string]bool{}
	for _, row := range b {
		in[strings.Join(row, "\x00")] = true
	}
	mine, both := map[string]bool{}, 0
	for _, row := range a {
		text := strings.Join(row, "\x00")
		if !mine[text] && in[text] {
			both++
		}
		mine[text] = true
	}
	return both * 10000 / len(mine)
}

func within(share service.Share, truth int) bool { return share.Low <= truth && truth <= share.High }

// Somebody else's pledged table is found again in a copy that has no byte in
// common with it, and is not pledged again unless a person answers for that.
func TestADisguisedCopyIsFoundAndNotPledgedUnseen(t *testing.T) {
	c := newCast(t)
	ctx := t.Context()
	bank, bankKey := c.institution("bank")
	first, firstKey := c.enrolled("91330100MADEUP072M", pledge.RoleEnterprise)
	second, secondKey := c.enrolled("91330100MADEUP080G", pledge.RoleEnterprise)
	other, otherKey := c.enrolled("91330100MADEUP099D", pledge.RoleBank)
	header, rows := shipped(t)
	original := c.notarized(first, firstKey, "birds.csv", printed(t, header, rows))
	lien, terms := c.accepted(first, bank, original, bankKey.Party())
	c.searched(bank, original)
	if err := c.scanned(lien, func(*pledge.ScanBody) {}); err != nil {
		t.Fatal(err)
	}
	got(bank.CheckCustody(ctx, lien, "full"))(t)
	got(bank.Act(ctx, pledge.PledgeRegister, pledge.RegisterBody{PledgeID: lien, TermsDigest: terms, ExpectedSeq: *c.searched(bank, original).ExpectedSeq}))(t)

	file, changed := disguised(t, header, rows)
	copied := c.notarized(second, secondKey, "strikes.csv", file)
	s := c.searched(other, copied)
	m := like(s, original)
	if m == nil || !within(m.Share, shared(changed, rows)) || !within(m.OtherShare, shared(rows, changed)) || m.Exact {
		t.Fatalf("got %+v, want %d and %d of 10000 rows", m, shared(changed, rows), shared(rows, changed))
	}
	if s.None || !s.Complete || len(s.Liens) != 1 || s.Liens[0].PledgeID != lien || s.Liens[0].Via != service.ViaContent {
		t.Errorf("got none %t, complete %t, %+v, want the lien by content", s.None, s.Complete, s.Liens)
	}
	if err := other.Evidence(ctx, s.Number, io.Discard); err != nil {
		t.Errorf("the proof of it: %v", err)
	}

	again, _ := c.accepted(second, other, copied, otherKey.Party())
	for name, change := range map[string]func(*pledge.ScanBody){
		"clean":        func(*pledge.ScanBody) {},
		"kept back":    func(b *pledge.ScanBody) { b.Overlaps, b.Result = nil, pledge.ScanWaived },
		"made smaller": func(b *pledge.ScanBody) { b.Overlaps[0].Share, b.Result = m.Share.Low-1, pledge.ScanWaived },
	} {
		var refused *pledge.Error
		if err := c.scanned(again, change); !errors.As(err, &refused) || refused.Code != pledge.OverlapFound {
			t.Errorf("%s: got %v, want overlap_found", name, err)
		}
	}
	if err := c.scanned(again, func(b *pledge.ScanBody) { b.Result = pledge.ScanWaived }); err != nil {
		t.Error(err)
	}
	p := got(other.Pledge(ctx, again, ""))(t).Value
	if p.Scan == nil || p.Scan.WaivedBy == "" || len(p.Scan.Overlaps) != 1 || p.Scan.Overlaps[0].AssetID != original {
		t.Errorf("got %+v", p.Scan)
	}
	if kept := got(second.Scan(ctx, again, p.Scan.Report))(t).Value; kept.Document.Overlaps[0] != p.Scan.Overlaps[0] {
		t.Errorf("the kept report says %+v", kept.Document)
	}
}

// A table of one's own is like nothing; of one without some columns no row is
// found again, but its columns are.
func TestOtherTablesAndColumnsThatWereDropped(t *testing.T) {
	c := newCast(t)
	first, firstKey := c.enrolled("91330100MADEUP072M", pledge.RoleEnterprise)
	second, secondKey := c.enrolled("91330100MADEUP080G", pledge.RoleEnterprise)
	bank, bankKey := c.institution("bank")
	header, rows := shipped(t)
	original := c.notarized(first, firstKey, "birds.csv", printed(t, header, rows))
	var own, few [][]string
	for i, row := range rows {
		own = append(own, []string{fmt.Sprint("part ", i), fmt.Sprint(i*i + 3), fmt.Sprint("shelf ", i/2)})
		few = append(few, row[:6])
	}
	mine := c.notarized(second, secondKey, "parts.csv", printed(t, []string{"part", "weight", "shelf"}, own))
	if s := c.searched(bank, mine); like(s, original) != nil || !s.None || !s.Complete {
		t.Errorf("got none %t, complete %t, %+v", s.None, s.Complete, s.Content)
	}
	part := c.notarized(second, secondKey, "few.csv", printed(t, header[:6], few))
	m := like(c.searched(bank, part), original)
	if m == nil || m.Share.BP >= service.LikeShare || m.OfColumns < 2 || 2*m.Columns < m.OfColumns {
		t.Fatalf("got %+v, want its columns", m)
	}
	id, _ := c.accepted(second, bank, part, bankKey.Party())
	var refused *pledge.Error
	if err := c.scanned(id, func(*pledge.ScanBody) {}); !errors.As(err, &refused) || refused.Code != pledge.OverlapFound {
		t.Errorf("clean: got %v, want overlap_found", err)
	}
	if err := c.scanned(id, func(b *pledge.ScanBody) { b.Result = pledge.ScanReviewed }); err != nil {
		t.Errorf("reviewed: %v", err)
	}
	v := got(bank.Verify(t.Context(), client.VerifyQuery{AssetID: part, Depth: "ledger"}))(t).Value
	if v.Similar == nil || len(v.Similar.Matches) != 1 || v.Similar.Matches[0].AssetID != original {
		t.Errorf("a verification shows %+v", v.Similar)
	}
}
