package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/datapledge/datapledge/service/client"
)

// A name is the same whether it is typed, piped or in a file, in UTF-8 or in
// GB18030.
func TestReadChinese(t *testing.T) {
	const name = "杭州数据科技（浙江）有限公司㐂"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{name, gb, name + "\n", gb + "\r\n", "\ufeff" + name} {
		file := filepath.Join(t.TempDir(), "name.txt")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, arg := range []string{text, "-", "@" + file} {
			a := &app{stdin: strings.NewReader(text)}
			q := client.SearchQuery{Name: arg}
			if err := a.readQuery(&q, "", "zh"); err != nil || q.Name != name {
				t.Errorf("%.40q: got %q, %v", arg, q.Name, err)
			}
		}
	}
}

func TestReadChineseRefuses(t *testing.T) {
	long := strings.Repeat("a", maxSearchText+1)
	for _, arg := range []string{"\xff\xff", "\x81", "@" + filepath.Join(t.TempDir(), "none"), "-", long} {
		a := &app{stdin: strings.NewReader(long)}
		if err := a.readQuery(&client.SearchQuery{Number: arg}, "", "en"); err == nil {
			t.Errorf("%.40q was taken", arg)
		}
	}
	var usage *usageError
	for _, q := range []client.SearchQuery{{}, {Name: "a", Number: "1"}, {AssetID: "a", Name: "b"}} {
		if err := new(app).readQuery(&q, "", "en"); !errors.As(err, &usage) {
			t.Errorf("%+v: got %v", q, err)
		}
	}
	if err := new(app).readQuery(&client.SearchQuery{Name: "a"}, "", "fr"); !errors.As(err, &usage) {
		t.Errorf("got %v", err)
	}
}
