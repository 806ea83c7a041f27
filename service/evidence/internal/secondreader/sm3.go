package secondreader

import (
	"encoding/hex"
	"errors"
	"regexp"
	"strings"

	"github.com/emmansun/gmsm/sm3"
)

var sm3Line = regexp.MustCompile(`^[0-9a-f]{64}  (.+)$`)

func (r *reader) sm3() error {
	text, ok := r.files["manifest/sm3.txt"]
	if !ok {
		return nil
	}
	asset, _ := r.asset()
	have := sm3.Sum(text)
	names := r.named("manifest")
	if asset.text("sm3_fingerprint") != "sm3:"+hex.EncodeToString(have[:]) || len(names) == 0 {
		return errors.New("not the asset's SM3 fingerprint")
	}
	lines, listed := strings.Split(string(text), "\n"), strings.Split(string(r.files[names[0]]), "\n")
	if len(lines) != len(listed) {
		return errors.New("more or fewer lines")
	}
	for i, l := range lines[:len(lines)-1] {
		if m := sm3Line.FindStringSubmatch(l); m == nil || !strings.HasSuffix(listed[i], "  "+m[1]) {
			return errors.New("other files")
		}
	}
	return must(lines[len(lines)-1] == "", "no line end")
}
