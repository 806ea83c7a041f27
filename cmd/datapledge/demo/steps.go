package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/datapledge/datapledge/cmd/datapledge/owner"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/storage"
)

// steps is the script. Names are short, and what a step proves is written
// for a banker.
func (s *story) steps() []step {
	return []step{
		{"start", "a service runs here, with a fresh ledger and the keys of its member institutions", s.start},
		{"enrol", "the IP centre vouches for two companies and two banks; from now on each signs with its own key", s.enrol},
		{"examine", "the company looks at its data before anybody else sees them: the three principles of the data norm", s.examine},
		{"seal", "the dataset lies encrypted with the custodian, who read it back, looked at it as well, and signed for it", s.seal},
		{"notarize", "the fingerprint is on the ledger: nobody can change the data unseen from now on", s.notarize},
		{"verify", "the bank knows: notarized, owned by the company, every stored byte unchanged", s.verify},
		{"search", "no other creditor has a pledge on this data", s.searchNone},
		{"propose", "the company commits itself, and signed these very terms", s.propose},
		{"accept", "the bank agreed to the same terms, to the letter", s.accept},
		{"attest", "a notary certified the agreement", s.attest},
		{"value", "the exchange says what the data are worth, and the loan is below it", s.value},
		{"scan", "the IP centre found nobody else with the same content", s.scan},
		{"custody", "the custodian read the stored data again, today, and signed", s.custody},
		{"register", "the pledge is in force and first in rank", s.register},
		{"search again", "whoever looks finds the pledge", s.searchFound},
		{"second pledge", "the same data cannot be pledged twice: the ledger refuses", s.pledgeAgain},
		{"shuffled copy", "the same rows in another order and format, from another company: recognized by their content", s.copied},
		{"tampered copy", "one changed digit is noticed, and in which file", s.tamper},
		{"release", "the debt is paid and the bank let go", s.release},
		{"search at the end", "the data are free again, and the history stays", s.searchFree},
		{"evidence", "all of it fits into one file that a court checks offline; a flipped bit is caught", s.evidence},
		{"certificates", "anybody with a number reads what is recorded, what that proves and what not", s.certificates},
	}
}

func (s *story) start(ctx context.Context) (string, error) {
	server, err := s.o.Start(ctx, filepath.Join(s.o.Dir, "service"))
	if err != nil {
		return "", err
	}
	s.server, s.result.Server = server, server.URL
	for role, c := range map[string]**client.Client{"ipcenter": &s.ipcentre, "notary": &s.notary, "exchange": &s.exchange} {
		key, err := client.Load(filepath.Join(server.Keys, role+".jwk"), nil)
		if err != nil {
			return "", err
		}
		if *c, err = client.Dial(server.URL, key, client.Options{Now: s.o.Now}); err != nil {
			return "", err
		}
	}
	n, err := s.ipcentre.Network(ctx)
	s.result.Ledger = n.Value.Ledger
	return fmt.Sprintf("%s ledger, %d members, at %s", n.Value.Ledger, len(n.Value.Members), server.URL), err
}

// newcomer is a party whom the IP centre vouches for.
type newcomer struct {
	client     **client.Client
	file       string
	code, name string
	role       pledge.Role
}

func (s *story) enrol(ctx context.Context) (string, error) {
	for _, n := range []newcomer{
		{&s.company, "company.jwk", companyCode, companyName, pledge.RoleEnterprise},
		{&s.bank, "bank.jwk", bankCode, bankName, pledge.RoleBank},
		{&s.rival, "other-bank.jwk", rivalCode, rivalName, pledge.RoleBank},
		{&s.copier, "other-company.jwk", copierCode, copierName, pledge.RoleEnterprise},
	} {
		if err := s.admit(ctx, n); err != nil {
			return "", err
		}
	}
	return "all of them made up", nil
}

func (s *story) admit(ctx context.Context, n newcomer) error {
	key, err := client.New(client.Ed25519, n.code, pledge.ScopeAdmin)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.path("keys"), 0o700); err != nil {
		return err
	}
	if err := key.Save(s.path("keys", n.file), ""); err != nil {
		return err
	}
	if *n.client, err = client.Dial(s.server.URL, key, client.Options{Now: s.o.Now}); err != nil {
		return err
	}
	_, err = s.ipcentre.Act(ctx, pledge.PartyEnroll, pledge.EnrollBody{
		Party: n.code, Name: n.name, Roles: []pledge.Role{n.role}, Recipient: key.Recipient(),
		Keys: []pledge.KeyGrant{{JWK: key.Public(), Scope: key.Scope()}},
	})
	return err
}

func (s *story) seal(ctx context.Context) (detail string, err error) {
	if s.sealed, err = s.sealFor(ctx, s.company, s.dataset, s.found); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d files, %d bytes; it came to the same three reports", len(s.manifest.Files()), s.manifest.Size()), nil
}

// sealFor uploads a folder for somebody, and wants the custodian to find in it
// what its owner found.
func (s *story) sealFor(ctx context.Context, c *client.Client, folder string, found owner.Found) (client.Sealed, error) {
	u, err := c.BeginUpload(ctx, "bird strikes")
	if err != nil {
		return client.Sealed{}, err
	}
	for _, f := range found.Manifest.Files() {
		if err := upload(ctx, c, u.ID, folder, f); err != nil {
			return client.Sealed{}, err
		}
	}
	sealed, err := c.SealUpload(ctx, u.ID, s.given)
	switch {
	case err != nil:
	case sealed.Fingerprint != found.Manifest.Fingerprint():
		err = fmt.Errorf("the custodian has %s, here is %s", sealed.Fingerprint, found.Manifest.Fingerprint())
	case sealed.Receipt.Preflight == nil:
		err = errors.New("the custodian did not examine what it sealed")
	default:
		err = found.Agree(*sealed.Receipt.Preflight)
	}
	return sealed, err
}

func upload(ctx context.Context, c *client.Client, id, folder string, file storage.File) error {
	f, err := os.Open(filepath.Join(folder, file.Path))
	if err != nil {
		return err
	}
	defer f.Close()
	return c.PutFile(ctx, id, client.Source{Path: file.Path, Size: file.Size, SHA256: file.SHA256, Content: f})
}

func (s *story) notarize(ctx context.Context) (string, error) {
	body := pledge.NotarizeBody{
		Name: "Bird strikes 1990-2002", Fingerprint: s.manifest.Fingerprint(), Source: "public",
		Scenario: "aviation risk: what a strike costs, by species, phase and airport", UpdatePeriod: "P1Y",
		Declaration: s.declaration, CustodyReceipt: s.sealed.CustodyReceipt,
	}
	for _, f := range s.manifest.Files() {
		body.Files = append(body.Files, pledge.File(f))
	}
	out, err := s.company.Act(ctx, pledge.AssetNotarize, body)
	s.result.AssetID = out.RecordID
	return short(s.result.Fingerprint), err
}

func (s *story) verify(ctx context.Context) (string, error) {
	q := client.VerifyQuery{Fingerprint: s.result.Fingerprint, ClaimedOwner: companyCode, Depth: "full"}
	v, err := s.bank.Verify(ctx, q)
	if err != nil {
		return "", err
	}
	s.result.Verification = v
	if !v.Value.Notarized.Answer || !yes(v.Value.Owned.Answer) || !yes(v.Value.Intact.Answer) {
		return "", fmt.Errorf("the three answers are not three times yes: %s", v.Raw)
	}
	return fmt.Sprintf("three times yes, %d bytes read", v.Value.Intact.Bytes), nil
}

func yes(answer *bool) bool { return answer != nil && *answer }

func (s *story) searchNone(ctx context.Context) (string, error) {
	found, err := s.search(ctx, 0)
	if err == nil {
		s.seq = *found.Value.ExpectedSeq
	}
	return "search " + found.Value.Number, err
}

// search looks for liens on the asset and wants to find so many.
func (s *story) search(ctx context.Context, want int) (client.Doc[client.Search], error) {
	found, err := s.bank.Search(ctx, client.SearchQuery{AssetID: s.result.AssetID})
	switch {
	case err != nil:
	case len(found.Value.Liens) != want || found.Value.None != (want == 0):
		err = fmt.Errorf("%d pledges found, %d expected: %s", len(found.Value.Liens), want, found.Raw)
	case found.Value.ExpectedSeq == nil:
		err = errors.New("the search names no sequence number")
	}
	return found, err
}

// short is the beginning of a digest: enough to see which it is.
func short(digest string) string { return digest[:min(len(digest), 23)] + "…" }

func (s *story) path(elements ...string) string {
	return filepath.Join(append([]string{s.o.Dir}, elements...)...)
}

// dayBegins and dayEnds are those of a day in China, so many days from now.
func (s *story) dayBegins(n int) string { return first(service.DayBegins(s.date(n))) }
func (s *story) dayEnds(n int) string   { return first(service.DayEnds(s.date(n))) }

func (s *story) date(n int) string {
	return s.o.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly)
}

// first leaves out the error of what is right by its making.
func first(text string, _ error) string { return text }
