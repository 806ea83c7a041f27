package solo

import (
	"bytes"
	"io"
)

// checkRoot walks the list of buckets and each bucket.
func (p *pages) checkRoot() error {
	return p.walk(p.meta.root, bounds{}, 0, func(pg page, head []byte, e element) error {
		if e.flags != bucketFlag || e.vsize < 16 || e.vsize > p.page {
			return damagedFile("page %d: %q is no bucket", pg.id, e.key)
		}
		if !isBucket(e.key) {
			return damagedFile("page %d: unknown bucket %q", pg.id, e.key)
		}
		b := make([]byte, e.vsize)
		if _, err := p.file.ReadAt(b, int64(pg.id)*p.page+e.value); err != nil {
			return damagedFile("page %d: %v", pg.id, err)
		}
		if root := le.Uint64(b); root != 0 {
			return p.walk(root, bounds{}, 0, plain)
		}
		return p.checkInline(pg, b[16:])
	})
}

// plain: within our buckets there are no further buckets.
func plain(pg page, _ []byte, e element) error {
	if e.flags != 0 {
		return damagedFile("page %d: flags %#x at %q", pg.id, e.flags, e.key)
	}
	return nil
}

// checkInline checks a bucket so small that it stands inside a leaf.
func (p *pages) checkInline(outer page, b []byte) error {
	if len(b) < pageHeader {
		return damagedFile("page %d: a bucket is cut short", outer.id)
	}
	pg := page{outer.id, le.Uint16(b[8:]), int(le.Uint16(b[10:])), 0}
	if pg.flags != leafPage || pageHeader+elementSize*pg.count > len(b) || int64(len(b)) > p.page {
		return damagedFile("page %d: a bucket within is not of the format", outer.id)
	}
	in := &pages{file: bytes.NewReader(nil), page: int64(len(b)), meta: p.meta}
	return in.each(pg, b, bounds{}, func(e element, _ []byte) error { return plain(pg, b, e) })
}

// checkFree claims the list of free pages and every page on it.
func (p *pages) checkFree() error {
	pg, head, err := p.load(p.meta.freelist, freePage)
	if err != nil {
		return err
	}
	count, at := int64(pg.count), int64(pageHeader)
	if pg.count == 0xFFFF {
		count, at = int64(le.Uint64(head[pageHeader:])), pageHeader+8
	}
	if count < 0 || count > (p.span(pg)-at)/8 {
		return damagedFile("page %d: %d free pages do not fit", pg.id, count)
	}
	return p.claimFree(pg, io.NewSectionReader(p.file, int64(pg.id)*p.page+at, count*8))
}

func (p *pages) claimFree(pg page, list *io.SectionReader) error {
	room := make([]byte, 1<<13)
	for left := list.Size(); left > 0; {
		chunk := room[:min(left, int64(len(room)))]
		if _, err := io.ReadFull(list, chunk); err != nil {
			return damagedFile("page %d: %v", pg.id, err)
		}
		left -= int64(len(chunk))
		for ; len(chunk) > 0; chunk = chunk[8:] {
			if err := p.claim(le.Uint64(chunk), 0); err != nil {
				return err
			}
		}
	}
	return nil
}
