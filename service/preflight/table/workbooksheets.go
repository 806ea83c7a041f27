package table

import "strings"

func (w *workbook) addSheet(s sheetRef) error {
	if len(w.sheets) >= sheetsMost {
		return failure(Unsupported, "more than %d sheets", sheetsMost)
	}
	w.sheets = append(w.sheets, s)
	return w.keep(nameLength, s.name, s.id)
}

// keep counts what is kept of a part whose size is not that of its file.
func (w *workbook) keep(most int, texts ...string) error {
	for _, text := range texts {
		if len(text) > most {
			return failure(Unsupported, "a name or format of more than %d bytes", most)
		}
		w.kept += len(text)
	}
	if w.kept > namesMost {
		return failure(Bomb, "more than %d bytes of names and formats", namesMost)
	}
	return nil
}

// place gives the sheets their parts. Two sheets of one part would be one
// table told twice, or a thousand times.
func (w *workbook) place(paths map[string]string) error {
	var tables []sheetRef
	taken := map[string]bool{}
	for _, s := range w.sheets {
		if s.path = paths[s.id]; s.path == "" {
			continue
		}
		part := strings.ToLower(s.path)
		if taken[part] {
			return failure(Malformed, "two sheets of one part")
		}
		taken[part] = true
		tables = append(tables, s)
	}
	w.sheets = tables
	return nil
}
