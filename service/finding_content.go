package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

// alike looks at what is like the content searched. What is less alike than
// LikeShare is told, but not followed.
func (f *finding) alike(list []Similar) (err error) {
	if f.matches, err = f.told(list); err != nil {
		return err
	}
	for _, m := range f.matches {
		if !m.alike() {
			continue
		}
		if err := f.add(m.AssetID, ViaContent); err != nil {
			return err
		}
	}
	return nil
}

// likeTo asks what is like the content of a search, or says why nobody can.
func (s *Service) likeTo(ctx context.Context, q SearchRequest, f *finding, head Head) (likeness, error) {
	switch {
	case s.o.Content == nil:
		return likeness{why: &whyUnconfigured}, nil
	case q.Party != "":
		return likeness{why: &whyParty}, nil
	case f.several:
		return likeness{why: &whySeveral}, nil
	case f.sketch == "" && len(f.assets) == 0 && q.Number != "":
		return likeness{why: &whyNothing}, nil
	case f.sketch == "" && len(f.assets) == 0 && q.Fingerprint != "":
		return likeness{why: &whyUnknown}, nil
	case f.sketch == "" && q.Fingerprint != "" && !slices.ContainsFunc(f.assets, func(a SearchedAsset) bool { return a.Via == ViaFingerprint }):
		return likeness{why: &whyFile}, nil
	case f.sketch == "":
		return likeness{why: &whyNoSketch}, nil
	}
	except := q.AssetID
	if q.Number != "" {
		except = f.assets[0].AssetID
	}
	return s.like(ctx, f.sketch, except, head)
}

// tell says what was compared. Where content could be compared and was not, or
// not with everything, the search is not complete.
func (f *finding) tell(l likeness) {
	f.likes = l.answer(f.sketch, f.matches)
	if f.sketch == "" || l.why == &whyUnconfigured {
		return
	}
	switch {
	case !f.likes.Compared:
		f.cut("the content was not compared: %s", l.why.EN)
	case !f.likes.Complete:
		f.cut("like content: %s", whyCut.EN)
	}
}

// preflightFolder has what was found when an upload was first sealed, by its
// id. The sketch is the same each time.
const preflightFolder = "preflights"

// uploadSketch is the digest of a sealed upload's sketch, "" when it has none.
func (s *Service) uploadSketch(ctx context.Context, id string) (string, error) {
	if s.o.Content == nil {
		return "", nil
	}
	text, err := s.o.Vault.Document(ctx, preflightFolder, strings.ToLower(id))
	if errors.Is(err, storage.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the preflight of upload %s: %w", id, refused(err))
	}
	var found pledge.Examined
	if err := json.Unmarshal(text, &found); err != nil {
		return "", fmt.Errorf("reading the preflight of upload %s: %w: %w", id, storage.ErrCorrupt, err)
	}
	return found.Sketch, nil
}
