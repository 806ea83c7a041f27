package table

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestReadsCSV(t *testing.T) {
	f, err := Stream(CSV, strings.NewReader("id,name\n1,a\n2,\"b,c\"\n3\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	tab, err := f.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, err := tab.Next(t.Context())
	if err != nil || b.Rows != 3 || string(b.Cell(3)) != "b,c" || b.Classes[5] != Null || len(b.Odd) != 1 || b.Odd[0] != 3 {
		t.Fatalf("%+v, %v", b, err)
	}
	if _, err := tab.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
}
