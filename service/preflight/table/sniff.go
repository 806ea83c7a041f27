package table

import (
	"bytes"
	"path"
	"strings"
)

// Sniff says what a file is, by the first up to 64 KiB of its content first,
// by the ending of its name second.
func Sniff(name string, head []byte) Format {
	switch ending := strings.ToLower(path.Ext(name)); {
	case bytes.HasPrefix(head, []byte("PAR1")):
		return Parquet
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) && ending == ".xlsx":
		return XLSX
	case ending == ".csv" || ending == ".tsv":
		return CSV
	}
	return Raw
}
