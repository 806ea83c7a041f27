package service

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

// newest is the content of an asset that counts now.
func newest(a pledge.Asset) pledge.AssetContent {
	all := a.Contents()
	return all[len(all)-1]
}

// handOver writes a key envelope for whoever an asset was transferred to, and
// removes the former owner's: the data stay where they are. What somebody copied
// while it was the owner no custodian takes back.
func (s *Service) handOver(ctx context.Context, sub subject, c claim) error {
	if len(c.former) == 0 {
		return nil
	}
	for _, owner := range c.owners {
		if err := s.addEnvelope(ctx, sub, owner); err != nil {
			return fmt.Errorf("handing %s over to %s: %w", sub.fingerprint, owner, err)
		}
	}
	for _, owner := range c.former {
		if slices.Contains(c.owners, owner) {
			continue
		}
		if err := s.o.Vault.RemoveEnvelope(ctx, sub.fingerprint, sub.owner, owner); err != nil && !errors.Is(err, storage.ErrNotExist) {
			return fmt.Errorf("taking %s from %s: %w", sub.fingerprint, owner, err)
		}
	}
	return nil
}

// addEnvelope: a party without a recipient on the ledger has none, and reads
// through the service.
func (s *Service) addEnvelope(ctx context.Context, sub subject, owner string) error {
	recipients, err := s.recipients(ctx, owner)
	if err != nil || recipients == nil {
		return err
	}
	err = s.o.Vault.AddEnvelope(ctx, sub.fingerprint, sub.owner, owner, recipients[owner])
	if errors.Is(err, storage.ErrExist) || errors.Is(err, storage.ErrNotExist) {
		return nil
	}
	return err
}
