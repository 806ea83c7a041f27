package table

import (
	"context"
	"encoding/xml"
	"io"
	"path"
	"strings"
)

// Limits of a workbook.
const (
	sheetsMost   = 1 << 10
	sheetsWide   = 4       // times the columns of one table all sheets may have
	stylesMost   = 1 << 16 // formats and styles
	formatLength = 1 << 10 // bytes; 255 letters in Excel
	namesMost    = 4 << 20 // bytes of all names and formats
)

// workbook is the sheets of an XLSX file (ECMA-376 part 1, SpreadsheetML),
// read part by part: the sheets as a stream, only the shared strings as a
// whole, and nothing written to disk.
type workbook struct {
	parts   *parts
	file    *File
	options Options
	sheets  []sheetRef
	epoch   int // 1900 or 1904
	styles  []moment
	strings *sharedStrings
	open    *sheetRows
	kept    int // bytes of names and formats
	columns int // of the sheets opened
}

type sheetRef struct{ name, id, path string }

func openXLSX(f *File, r io.ReaderAt, size int64, o Options) (*workbook, error) {
	p, err := openParts(r, size, o)
	if err != nil {
		return nil, err
	}
	w := &workbook{parts: p, file: f, options: o, epoch: 1900}
	for _, step := range []func() error{w.readSheets, w.readPaths, w.readStyles} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// scan reads a part that may be missing.
func (w *workbook) scan(name string, do func(parent string, e xml.StartElement) error) (found bool, err error) {
	part, err := w.parts.open(name)
	if part == nil || err != nil {
		return false, err
	}
	defer part.Close()
	return true, newTokens(part).each(do)
}

func (w *workbook) readSheets() error {
	found, err := w.scan("xl/workbook.xml", func(parent string, e xml.StartElement) error {
		switch {
		case parent == "sheets" && e.Name.Local == "sheet":
			return w.addSheet(sheetRef{name: attribute(e, "name"), id: attribute(e, "id")})
		case e.Name.Local == "workbookPr" && isTrue(attribute(e, "date1904")):
			w.epoch = 1904
		}
		return nil
	})
	if err == nil && !found {
		return failure(Unsupported, "a zip file without a workbook")
	}
	return err
}

func isTrue(value string) bool { return value == "1" || value == "true" }

func tooMany(n int) error {
	if n > stylesMost {
		return failure(Bomb, "more than %d styles or parts", stylesMost)
	}
	return nil
}

// readPaths finds the part of each sheet; sheets of charts are left out.
func (w *workbook) readPaths() error {
	paths := map[string]string{}
	_, err := w.scan("xl/_rels/workbook.xml.rels", func(_ string, e xml.StartElement) error {
		if !strings.HasSuffix(attribute(e, "Type"), "/worksheet") {
			return nil
		}
		id, path := attribute(e, "Id"), target(attribute(e, "Target"))
		paths[id] = path
		if err := w.keep(nameLength, id, path); err != nil {
			return err
		}
		return tooMany(len(paths))
	})
	if err != nil {
		return err
	}
	return w.place(paths)
}

func target(t string) string {
	if strings.HasPrefix(t, "/") {
		return t[1:]
	}
	return path.Join("xl", t)
}

func (w *workbook) readStyles() error {
	formats := map[string]string{}
	_, err := w.scan("xl/styles.xml", func(parent string, e xml.StartElement) error {
		switch {
		case e.Name.Local == "numFmt" && parent == "numFmts":
			id, code := attribute(e, "numFmtId"), attribute(e, "formatCode")
			formats[id] = code
			if err := w.keep(formatLength, id, code); err != nil {
				return err
			}
		case e.Name.Local == "xf" && parent == "cellXfs":
			id := attribute(e, "numFmtId")
			w.styles = append(w.styles, momentOf(id, formats[id]))
		}
		return tooMany(len(formats) + len(w.styles))
	})
	return err
}

// next opens the next sheet.
func (w *workbook) next(ctx context.Context) (*Table, error) {
	if err := w.close(); err != nil {
		return nil, err
	}
	if len(w.sheets) == 0 {
		return nil, io.EOF
	}
	ref := w.sheets[0]
	w.sheets = w.sheets[1:]
	if w.strings == nil {
		var err error
		if w.strings, err = w.readStrings(); err != nil {
			return nil, err
		}
	}
	return w.sheet(ctx, ref)
}

// close closes the sheet that is open.
func (w *workbook) close() error {
	if w.open != nil {
		w.open.part.Close()
		w.open = nil
	}
	return nil
}
