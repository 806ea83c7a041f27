package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

func (s *story) propose(ctx context.Context) (string, error) {
	letter, err := s.document("commitment-letter.txt")
	if err != nil {
		return "", err
	}
	agreement, err := s.document("agreement.txt")
	if err != nil {
		return "", err
	}
	s.terms = pledge.Terms{
		Principal: cny(100_000_000), SecuredMax: cny(120_000_000), Matures: s.dayEnds(365), Expires: s.dayEnds(395),
		Mode: pledge.Exclusive, SecurityType: "PLEDGE", LegalCharacterization: "DATA_ASSET_PLEDGE",
		Checks:           []string{pledge.CheckAttest, pledge.CheckValue, pledge.CheckScan},
		CommitmentLetter: letter, Agreement: agreement,
	}
	out, err := s.company.Act(ctx, pledge.PledgePropose, pledge.ProposeBody{
		AssetID: s.result.AssetID, Pledgee: bankCode, Terms: s.terms})
	s.result.PledgeID = out.RecordID
	return "CNY 1,000,000.00, exclusive", err
}

// cny is an amount in fen.
func cny(fen int64) pledge.Amount { return pledge.Amount{Amount: fen, Currency: "CNY"} }

// document is the digest of one of the papers.
func (s *story) document(name string) (string, error) {
	text, err := os.ReadFile(s.path("documents", name))
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// accept: the bank computes the digest from the terms as the ledger shows
// them, and compares them with its own copy.
func (s *story) accept(ctx context.Context) (string, error) {
	digest, err := s.agreed(ctx, s.bank, s.result.PledgeID)
	if err != nil {
		return "", err
	}
	_, err = s.bank.Act(ctx, pledge.PledgeAccept, pledge.AgreeBody{PledgeID: s.result.PledgeID, TermsDigest: digest})
	return short(digest), err
}

// agreed is the digest of the terms on the ledger, which must be ours.
func (s *story) agreed(ctx context.Context, c *client.Client, id string) (string, error) {
	ours, err := s.terms.Digest()
	if err != nil {
		return "", err
	}
	p, err := c.Pledge(ctx, id, "")
	if err != nil {
		return "", err
	}
	theirs, err := p.Value.Terms.Digest()
	if err == nil && theirs != ours {
		err = errors.New("the ledger shows other terms than were agreed")
	}
	return ours, err
}

func (s *story) attest(ctx context.Context) (string, error) {
	certificate, err := s.document("notarial-certificate.txt")
	if err != nil {
		return "", err
	}
	const number = "(2026)示公证字第1号"
	_, err = s.notary.Act(ctx, pledge.PledgeAttest, pledge.AttestBody{
		PledgeID: s.result.PledgeID, Number: number, Certificate: certificate, EnforcementConsent: true})
	return "certificate " + number, err
}

func (s *story) value(ctx context.Context) (string, error) {
	report, err := s.document("valuation.txt")
	if err != nil {
		return "", err
	}
	out, err := s.exchange.Act(ctx, pledge.PledgeValue, pledge.ValueBody{
		PledgeID: s.result.PledgeID, Report: report, Method: "replacement cost", Value: cny(200_000_000), BaseDate: s.dayBegins(-10)})
	if err != nil {
		return "", err
	}
	p, err := pledge.DecodePledge(out.Record)
	if err != nil || p.Valuation == nil {
		return "CNY 2,000,000.00", err
	}
	return fmt.Sprintf("CNY 2,000,000.00; the bank lends on %d.%02d %% of it", p.Valuation.LTV/100, p.Valuation.LTV%100), nil
}

// scanReport says what the IP centre looked for before it signed.
type scanReport struct {
	V           int      `json:"v"`
	Fingerprint string   `json:"fingerprint"`
	LookedUp    []string `json:"looked_up"`
	Others      []string `json:"others"`
	Height      uint64   `json:"height"`
	Content     string   `json:"content"` // digest of the service's report on like content
}

// scan looks every file up, and then for like content: whoever else notarized
// it would show.
func (s *story) scan(ctx context.Context) (string, error) {
	r := scanReport{V: 1, Fingerprint: s.result.Fingerprint, Others: []string{}}
	digests := []string{s.result.Fingerprint}
	for _, f := range s.manifest.Files() {
		digests = append(digests, "sha256:"+f.SHA256)
	}
	for _, d := range digests {
		k, err := s.ipcentre.Known(ctx, d)
		if err != nil {
			return "", err
		}
		r.LookedUp = append(r.LookedUp, d)
		for _, h := range k.Value.AsFile {
			if h.AssetID != s.result.AssetID {
				r.Others = append(r.Others, h.AssetID)
			}
		}
	}
	if len(r.Others) > 0 {
		return "", fmt.Errorf("others hold the same content: %v", r.Others)
	}
	found, err := s.ipcentre.Scan(ctx, s.result.PledgeID, "")
	if err != nil {
		return "", err
	}
	if d := found.Value.Document; d.Content == nil || !d.Content.Compared || d.Required != pledge.ScanClean {
		return "", fmt.Errorf("the content is not free: %s", found.Raw)
	}
	r.Content = found.Value.Report
	if err := os.WriteFile(s.path("documents", "scan.json"), indented(r), 0o644); err != nil {
		return "", err
	}
	report, err := s.document("scan.json")
	if err != nil {
		return "", err
	}
	_, err = s.ipcentre.Act(ctx, pledge.PledgeScan, pledge.ScanBody{PledgeID: s.result.PledgeID, Result: pledge.ScanClean, Report: report})
	return fmt.Sprintf("%d digests looked up, the content compared with all that is registered", len(digests)), err
}

func (s *story) custody(ctx context.Context) (string, error) {
	_, err := s.bank.CheckCustody(ctx, s.result.PledgeID, "full")
	return fmt.Sprintf("%d bytes read", s.manifest.Size()), err
}

func (s *story) register(ctx context.Context) (string, error) {
	digest, err := s.agreed(ctx, s.bank, s.result.PledgeID)
	if err != nil {
		return "", err
	}
	out, err := s.bank.Act(ctx, pledge.PledgeRegister, pledge.RegisterBody{
		PledgeID: s.result.PledgeID, TermsDigest: digest, ExpectedSeq: s.seq})
	if err != nil {
		return "", err
	}
	p, err := s.bank.Pledge(ctx, s.result.PledgeID, "")
	if err == nil && (p.Value.State != pledge.Active || p.Value.Rank != 1) {
		err = fmt.Errorf("the pledge is %s, rank %d", p.Value.State, p.Value.Rank)
	}
	return fmt.Sprintf("block %d", out.Position.Block), err
}

func (s *story) searchFound(ctx context.Context) (string, error) {
	found, err := s.search(ctx, 1)
	if err != nil {
		return "", err
	}
	s.result.Search = found
	s.seq = *found.Value.ExpectedSeq
	return fmt.Sprintf("search %s: 1 pledge, rank %d", found.Value.Number, found.Value.Liens[0].Rank), nil
}

// pledgeAgain takes the same data to another bank. All that can be prepared
// is; the registration is what the ledger must refuse.
func (s *story) pledgeAgain(ctx context.Context) (string, error) {
	second := s.terms
	second.Checks = []string{}
	s.terms = second
	out, err := s.company.Act(ctx, pledge.PledgePropose, pledge.ProposeBody{AssetID: s.result.AssetID, Pledgee: rivalCode, Terms: second})
	if err != nil {
		return "", err
	}
	id := out.RecordID
	digest, err := s.agreed(ctx, s.rival, id)
	if err != nil {
		return "", err
	}
	if _, err := s.rival.Act(ctx, pledge.PledgeAccept, pledge.AgreeBody{PledgeID: id, TermsDigest: digest}); err != nil {
		return "", err
	}
	if _, err := s.rival.CheckCustody(ctx, id, "sample"); err != nil {
		return "", err
	}
	_, err = s.rival.Act(ctx, pledge.PledgeRegister, pledge.RegisterBody{PledgeID: id, TermsDigest: digest, ExpectedSeq: s.seq})
	if !errors.Is(err, pledge.AlreadyPledged) {
		return "", fmt.Errorf("a second pledge was not refused as it must be: %v", err)
	}
	_, err2 := s.rival.Act(ctx, pledge.PledgeWithdraw, pledge.EndBody{PledgeID: id, Reason: "refused by the ledger"})
	return "refused: " + string(pledge.AlreadyPledged), err2
}

func (s *story) release(ctx context.Context) (string, error) {
	proof, err := s.document("receipt.txt")
	if err != nil {
		return "", err
	}
	_, err = s.bank.Act(ctx, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: s.result.PledgeID, Reason: pledge.Paid, Proof: proof})
	return "reason " + pledge.Paid, err
}

func (s *story) searchFree(ctx context.Context) (string, error) {
	found, err := s.search(ctx, 0)
	if err != nil {
		return "", err
	}
	return "search " + found.Value.Number + ": none", nil
}
