package sketches

import "context"

// allColumns counts the values that few assets have.
func (l *lookup) allColumns(ctx context.Context, s *store) error {
	holders := make([][]uint32, len(l.columns))
	for _, seg := range s.segments {
		if seg.first >= l.before {
			break
		}
		if err := l.segmentColumns(ctx, seg, holders); err != nil {
			return err
		}
	}
	for _, list := range [][]numbered{s.fresh, s.behind} {
		for _, n := range list {
			shared(l.columns, smallestOf(n.Cells), func(i int) { l.hold(holders, i, n.number) })
		}
	}
	for _, list := range holders {
		if len(list) > mostPerHash {
			continue
		}
		for _, n := range list {
			l.values[n]++
		}
	}
	return nil
}

func (l *lookup) segmentColumns(ctx context.Context, seg *segment, holders [][]uint32) error {
	c := seg.cursor()
	for i, h := range l.columns {
		if i%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		err := c.find(h, func(ref uint32) bool { return ref&1 != ofColumn || l.hold(holders, i, ref>>1) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *lookup) hold(holders [][]uint32, i int, number uint32) bool {
	if number >= l.before || len(holders[i]) > mostPerHash {
		return false
	}
	holders[i] = append(holders[i], number)
	return true
}
