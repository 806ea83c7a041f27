package sketches

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight/sketch"
)

// compare reads the sketches of candidates, several at the same time, and
// leaves out those that are not alike after all.
func (s *store) compare(ctx context.Context, query sketch.Sketch, list []candidate) ([]service.Similar, error) {
	finder, found := sketch.NewFinder(query), make([]service.Similar, len(list))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(mostWorkers)
	for i, c := range list {
		g.Go(func() (err error) {
			if ctx.Err() == nil {
				found[i], err = s.compareWith(c.number, query, finder)
			}
			return errors.Join(err, ctx.Err())
		})
	}
	err := g.Wait()
	return slices.DeleteFunc(found, func(m service.Similar) bool { return m.AssetID == "" }), err
}

// compareWith gives nothing for an asset that is not alike.
func (s *store) compareWith(number uint32, query sketch.Sketch, finder *sketch.Finder) (m service.Similar, err error) {
	other, err := s.cat.sketch(number)
	if err != nil {
		return m, err
	}
	other.KeyID = query.KeyID
	m, ok, err := compareOne(query, other, finder)
	if err != nil {
		return m, fmt.Errorf("comparing sketch %d: %w", number, err)
	}
	if !ok {
		return service.Similar{}, nil
	}
	line, err := s.cat.line(number)
	m.AssetID = line.asset
	return m, err
}

func compareOne(query, other sketch.Sketch, finder *sketch.Finder) (m service.Similar, ok bool, err error) {
	in, back, err := sketch.Containment(query, other)
	if err != nil {
		return m, false, err
	}
	m.Share, m.OtherShare = service.Share(in), service.Share(back)
	if m.Columns, m.OfColumns, err = finder.In(other); err != nil {
		return m, false, err
	}
	rows := 0
	shared(query.Rows.Hashes, other.Rows.Hashes, func(int) { rows++ })
	byRows := rows >= fewestRows && max(in.BP, back.BP) >= smallestShare
	byColumns := m.Columns > 0 && 2*m.Columns >= min(m.OfColumns, len(other.Cells))
	return m, byRows || byColumns, nil
}
