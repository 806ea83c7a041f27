package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// members are those who keep the ledger.
func (s *Service) members(d *draft) []CertificateMember {
	if d.solo {
		us := s.o.Custodian.Party()
		return []CertificateMember{{us, d.names[us]}}
	}
	var list []CertificateMember
	for _, m := range s.info.Genesis.Members {
		list = append(list, CertificateMember{m.Party, m.Name})
	}
	return list
}

// anchors say where each act stands on the ledger.
func (s *Service) anchors(ctx context.Context, d *draft) ([]CertificateAnchor, error) {
	list := []CertificateAnchor{}
	for _, st := range d.acts {
		a, err := s.anchor(ctx, st)
		if err != nil {
			return nil, fmt.Errorf("placing %s on the ledger: %w", st.Command, err)
		}
		a.By = d.party(st.By)
		list = append(list, a)
	}
	return list, nil
}

func (s *Service) anchor(ctx context.Context, st pledge.Stamp) (CertificateAnchor, error) {
	_, e, err := s.o.Index.Command(ctx, st.Command)
	if err != nil {
		return CertificateAnchor{}, unfound(err)
	}
	height := e.Position.Block
	head, err := s.o.Index.Resolve(ctx, AsOf{Height: &height})
	if err != nil {
		return CertificateAnchor{}, unfound(err)
	}
	at, err := s.o.Index.BlockTime(ctx, height)
	if err != nil {
		return CertificateAnchor{}, unfound(err)
	}
	a := CertificateAnchor{CommandID: st.Command, Act: string(e.Act), Block: height, BlockHash: head.Hash, BlockTime: at.UTC().Format(time.RFC3339)}
	return a, s.besides(ctx, &a)
}

// unfound: what a record on the ledger rests on is on it too. That it cannot
// be found is a fault, not a wrong number.
func unfound(err error) error {
	if errors.Is(err, ErrNotFound) {
		return fmt.Errorf("the read model lacks it: %v", err)
	}
	return err
}

// besides adds what others say of a block: time stamps and receipts.
func (s *Service) besides(ctx context.Context, a *CertificateAnchor) error {
	if s.o.TimeStamps != nil {
		stamp, err := s.o.TimeStamps.Of(ctx, a.Block)
		if err == nil {
			a.TimeStamp = &stamp
		} else if !errors.Is(err, ErrNotFound) {
			return fmt.Errorf("looking for the time stamp of block %d: %w", a.Block, err)
		}
	}
	if s.o.Imprints == nil {
		return nil
	}
	receipts, err := s.o.Imprints.Of(ctx, a.Block)
	if err != nil {
		return fmt.Errorf("looking for the receipts of block %d: %w", a.Block, err)
	}
	a.Imprints = receipts
	return nil
}
