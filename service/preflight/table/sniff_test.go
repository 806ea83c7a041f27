package table

import (
	"strings"
	"testing"
)

func TestSniff(t *testing.T) {
	half := strings.Repeat("张三,", 20000)[:64<<10]
	for _, c := range []struct {
		name, head string
		want       Format
	}{
		{"x", "PAR1\x15", Parquet},
		{"x.csv", "PAR1\x15", Parquet},
		{"x", "PK\x03\x04....xl/workbook.xml", XLSX},
		{"x.XLSX", "PK\x03\x04....[Content_Types].xml", XLSX},
		{"x.zip", "PK\x03\x04....a.txt", Raw},
		{"x.csv", "", CSV},
		{"x.bin", "", Raw},
		{"x.csv", "a;b\n", CSV},
		{"x.csv", half, CSV},
		{"x.csv", "a,b\x00c", Raw},
		{"x.csv", "\xff\xfea\x00", CSV},
		{"x.csv", "\xd0\xd5\xc3\xfb\n", CSV},
		{"x.csv", "\xff\xff\xff\xff", Raw},
		{"x.txt", "a|b\n1|2\n3|4\n", CSV},
		{"x.txt", "Dear Sir,\nthis is prose, and not a table.\n", Raw},
		{"x.md", "a, b\nc, d\n", Raw},
		{"x", `{"a":1}`, JSONL},
		{"x.json", ` { "a":1}`, JSON},
		{"x.csv", "\xef\xbb\xbf[\n{\"a\":1}]", JSON},
		{"x", "<a>,\n<b>,\n", Raw},
		{"x.png", "\x89PNG\r\n\x1a\n\x00", Raw},
	} {
		if got := Sniff(c.name, []byte(c.head)); got != c.want {
			t.Errorf("%s %.20q: %s, want %s", c.name, c.head, got, c.want)
		}
	}
}
