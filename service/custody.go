package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

// Depths of a look at stored content.
const (
	DepthLedger = "ledger"
	DepthSample = "sample"
	DepthFull   = "full"
)

// sampleChunks is how many random chunks of 1 MiB a sample reads. If a
// hundredth of the chunks were damaged, 300 would find it 19 times in 20.
const sampleChunks = 300

// Sealed is what sealing an upload answers.
type Sealed struct {
	UploadID       string             `json:"upload_id"`
	Fingerprint    string             `json:"fingerprint"`
	Manifest       string             `json:"manifest"`
	Size           int64              `json:"size"`
	Files          []SealedFile       `json:"files"`
	ManifestRoot   string             `json:"manifest_root"`
	SM3Fingerprint string             `json:"sm3_fingerprint,omitempty"` // when the dataset was sealed with SM3
	CustodyReceipt string             `json:"custody_receipt"`
	Receipt        pledge.ReceiptBody `json:"receipt"`
	// Preflight is all that the owner is told of it: Examined.Answer.
	Preflight json.RawMessage `json:"preflight,omitempty"`
}

// SealedFile is a file of a sealed dataset, with its SM3 when that was computed.
type SealedFile struct {
	pledge.File
	SM3 string `json:"sm3,omitempty"`
}

// SealUpload closes an upload. The vault reads back everything that it stored
// before the custodian signs for it, and the preflight reads along; when the
// upload was closed before, what is stored is read once more, because the
// fresh receipt says "now". What was given may differ each time: the receipt
// tells what was found with it.
func (s *Service) SealUpload(ctx context.Context, c Caller, id string, given Given) (Sealed, error) {
	sealed, err := s.sealUpload(ctx, c, id, given)
	s.auditAct(ctx, "upload.seal", c, err, "upload_id", id, "fingerprint", sealed.Fingerprint)
	return sealed, err
}

func (s *Service) sealUpload(ctx context.Context, c Caller, id string, given Given) (Sealed, error) {
	if _, err := s.ownUpload(ctx, c, id); err != nil {
		return Sealed{}, err
	}
	p, err := s.beginPass(ctx, c.Party, given)
	if err != nil {
		return Sealed{}, err
	}
	defer p.end()
	d, err := s.sealAndRead(ctx, id, p)
	if err != nil {
		return Sealed{}, err
	}
	found, err := s.examined(ctx, id, p, d)
	if err != nil {
		return Sealed{}, fmt.Errorf("examining %s: %w", d.Fingerprint, err)
	}
	return s.receive(id, d, found)
}

// sealAndRead reads everything once: while it is sealed, or after.
func (s *Service) sealAndRead(ctx context.Context, id string, p *pass) (storage.Sealed, error) {
	d, err := s.o.Vault.Seal(ctx, id, p.beside)
	if err != nil {
		return d, fmt.Errorf("sealing upload %s: %w", id, refused(err))
	}
	if p.read.Load() {
		return d, nil
	}
	return d, s.readBack(ctx, d, p.beside)
}

// receive signs for what was sealed and read.
func (s *Service) receive(id string, d storage.Sealed, found *Examined) (Sealed, error) {
	body := pledge.ReceiptBody{Fingerprint: d.Fingerprint, Owner: d.Owner, Files: len(d.Files), Size: d.Size, ManifestRoot: d.ManifestRoot,
		SM3Fingerprint: d.SM3.Fingerprint(), Depth: DepthFull}
	var answer json.RawMessage
	if found != nil {
		body.Preflight, answer = &found.Examined, found.Answer
	}
	receipt, err := s.o.Custodian.Sign(pledge.CustodyReceiptAct, s.Channel(), body, s.now(), nil)
	if err != nil {
		return Sealed{}, fmt.Errorf("signing the custody receipt: %w", err)
	}
	return Sealed{UploadID: id, Fingerprint: d.Fingerprint, Manifest: d.Manifest, Size: d.Size, Files: files(d),
		ManifestRoot: d.ManifestRoot, SM3Fingerprint: body.SM3Fingerprint, CustodyReceipt: receipt, Receipt: body, Preflight: answer}, nil
}

func (s *Service) readBack(ctx context.Context, d storage.Sealed, beside storage.Beside) error {
	report, err := s.o.Vault.Check(ctx, d.Fingerprint, d.Owner, storage.CheckOptions{Full: true, Beside: beside})
	if err != nil {
		return fmt.Errorf("reading back %s: %w", d.Fingerprint, refused(err))
	}
	if !report.OK {
		return fmt.Errorf("reading back %s: %w: %s", d.Fingerprint, storage.ErrCorrupt, failures(report))
	}
	return nil
}

func files(d storage.Sealed) []SealedFile {
	out := make([]SealedFile, len(d.Files))
	for i, f := range d.Files {
		out[i].File = pledge.File{Path: f.Path, Size: f.Size, SHA256: f.SHA256, Root: f.Root}
		if d.SM3 != nil {
			out[i].SM3 = d.SM3[i].SM3 // in the same order
		}
	}
	return out
}

func failures(r storage.CheckReport) string {
	if len(r.Failed) == 0 {
		return "the content does not match"
	}
	f := r.Failed[0]
	return fmt.Sprintf("%s: %s (%d failures in all)", f.Path, f.Detail, len(r.Failed))
}

// CheckCustody challenges the stored content of a pledged asset and, when it
// opens and matches, submits the custodian's word for it to the ledger: the
// custody must be performed, not only promised (担保制度解释 55).
func (s *Service) CheckCustody(ctx context.Context, c Caller, pledgeID, depth string) (pledge.Outcome, error) {
	o, err := s.checkCustody(ctx, c, pledgeID, depth)
	s.auditAct(ctx, "custody.check", c, err, "pledge_id", pledgeID, "depth", depth, "command_id", o.CommandID)
	return o, err
}

func (s *Service) checkCustody(ctx context.Context, c Caller, pledgeID, depth string) (pledge.Outcome, error) {
	if depth != DepthSample && depth != DepthFull {
		return pledge.Outcome{}, pledge.Errorf(pledge.Malformed, "depth must be sample or full")
	}
	_, a, err := s.pledgeAndAsset(ctx, c, pledgeID)
	if err != nil {
		return pledge.Outcome{}, err
	}
	report, err := s.challenge(ctx, a, depth)
	if errors.Is(err, storage.ErrNotExist) {
		return pledge.Outcome{}, pledge.Errorf(pledge.CustodyMissing, "the content of %s is not in this custodian's vault", a.ID)
	}
	if err != nil {
		return pledge.Outcome{}, err
	}
	if !report.OK {
		return pledge.Outcome{}, pledge.Errorf(pledge.CustodyMissing, "the stored content of %s did not verify: %s", a.ID, failures(report))
	}
	body := pledge.ReceiptBody{Fingerprint: a.Fingerprint, Owner: a.Owner, Files: a.Files, Size: a.Size, ManifestRoot: a.ManifestRoot, PledgeID: pledgeID, Depth: depth}
	return s.signAndSubmit(ctx, pledge.CustodyReceiptAct, body)
}

func (s *Service) pledgeAndAsset(ctx context.Context, c Caller, id string) (*pledge.Pledge, *pledge.Asset, error) {
	var p *pledge.Pledge
	var a *pledge.Asset
	_, err := snapshot(ctx, s.o.Ledger, func(v *view) (err error) {
		if p, err = v.pledge(id); err != nil || p == nil {
			return err
		}
		a, err = v.asset(p.AssetID)
		return err
	})
	switch {
	case err != nil:
		return nil, nil, err
	case p == nil || a == nil:
		return nil, nil, pledge.Errorf(pledge.NotFound, "no pledge %s", id)
	}
	return p, a, c.may(UseCustodyCheck, "a custody check of "+id, c.toPledge(*p, s.o.Custodian.Party())...)
}

// challenge reads the stored content of an asset and holds it against what
// the ledger says of it.
func (s *Service) challenge(ctx context.Context, a *pledge.Asset, depth string) (storage.CheckReport, error) {
	listed, err := s.o.Index.Files(ctx, a.ID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return storage.CheckReport{}, fmt.Errorf("listing the files of %s: %w", a.ID, err)
	}
	o := storage.CheckOptions{Full: depth == DepthFull, Chunks: sampleChunks, ManifestRoot: a.ManifestRoot}
	for _, f := range listed {
		o.Files = append(o.Files, storage.File{Path: f.Path, Size: f.Size, SHA256: f.SHA256, Root: f.Root})
	}
	report, err := s.o.Vault.Check(ctx, a.Fingerprint, newest(*a).Recorded.By, o)
	if err != nil {
		return report, fmt.Errorf("checking the content of %s: %w", a.ID, err)
	}
	return report, nil
}
