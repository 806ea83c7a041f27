package sketches

import "context"

// allColumns counts the values that few assets have.
func (l *lookup) allColumns(ctx context.Context, s *store) error {
	holders := make([][]uint32, len(l.columns))
	for k, seg := range l.segments {
		err := seg.findAll(ctx, l.columns, l.columnsAt[k], func(i int, ref uint32) bool { return ref&1 != ofColumn || l.hold(holders, i, ref>>1) })
		if err != nil {
			return err
		}
	}
	for _, list := range [][]numbered{s.fresh, s.behind} {
		for _, n := range list {
			shared(l.columns, smallestOf(n.Cells), func(i int) { l.hold(holders, i, n.number) })
		}
	}
	for _, list := range holders {
		if len(list) > l.perHash {
			continue
		}
		for _, n := range list {
			l.values[n]++
		}
	}
	return nil
}

func (l *lookup) hold(holders [][]uint32, i int, number uint32) bool {
	if number >= l.before || len(holders[i]) > l.perHash {
		return false
	}
	holders[i] = append(holders[i], number)
	return true
}
