package service

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// maxMoves is how often the ledger may grow while content is compared, before
// the comparison is made as of a block instead.
const maxMoves = 4

// likeness is what the index of content says at one head.
type likeness struct {
	list     []Similar
	complete bool
	why      *Text
}

// like asks which registered assets are like a sketch. Not compared is an
// answer, too: only the end of ctx is an error.
func (s *Service) like(ctx context.Context, sketch, except string, head Head) (likeness, error) {
	wait, cancel := context.WithTimeout(ctx, s.o.ReadYourWrites)
	defer cancel()
	list, complete, err := s.o.Content.Similar(wait, sketch, head.Height)
	switch {
	case ctx.Err() != nil:
		return likeness{}, ctx.Err()
	case errors.Is(err, ErrNotFound):
		return likeness{why: &whySketchGone}, nil
	case err != nil:
		s.o.Logger.WarnContext(ctx, "content was not compared", "sketch", sketch, "height", head.Height, "error", err)
		return likeness{why: &whyUnavailable}, nil
	}
	list = slices.DeleteFunc(slices.Clone(list), func(m Similar) bool { return m.AssetID == except || !m.shown() })
	if len(list) > maxLike {
		list, complete = list[:maxLike], false
	}
	return likeness{list: list, complete: complete}, nil
}

// likeAsset asks what is worth a look beside an asset.
func (s *Service) likeAsset(ctx context.Context, a *pledge.Asset, head Head) (likeness, error) {
	switch {
	case s.o.Content == nil:
		return likeness{why: &whyUnconfigured}, nil
	case sketchOf(a) == "":
		return likeness{why: &whyNoSketch}, nil
	}
	l, err := s.like(ctx, sketchOf(a), a.ID, head)
	l.list = slices.DeleteFunc(l.list, func(m Similar) bool { return !m.alike() && !m.columnsFound() })
	return l, err
}

// told reads who owns what is like, and what lies on it.
func (v *view) told(list []Similar) ([]Match, error) {
	out := []Match{}
	for _, like := range list {
		a, err := v.asset(like.AssetID)
		if err != nil {
			return nil, err
		}
		if a != nil {
			out = append(out, Match{like, a.Owner, like.exact(), pledgesOn(a)})
		}
	}
	return out, nil
}

// compared reads with fn, at one head, both what ask says is alike there and
// all else: which assets are alike is known only once the head is. fn starts
// afresh each time.
func (s *Service) compared(ctx context.Context, from source, fn func(v *view, like []Similar) error, ask func(Head) (likeness, error)) (likeness, Head, error) {
	var known likeness
	for move := range 2 * maxMoves {
		if move == maxMoves {
			past, err := s.present(ctx)
			if err != nil {
				return known, Head{}, err
			}
			from = past
		}
		head, err := snapshot(ctx, from, func(v *view) error { return fn(v, known.list) })
		if err != nil {
			return known, Head{}, err
		}
		now, err := ask(head)
		if err != nil || slices.Equal(now.list, known.list) {
			return now, head, err
		}
		known = now
	}
	return known, Head{}, fmt.Errorf("comparing content: %w: its index changes its mind", ErrUnavailable)
}
