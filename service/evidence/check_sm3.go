package evidence

import (
	"fmt"
	"hash"
	"strings"

	"github.com/emmansun/gmsm/sm3"
)

// sm3Manifest checks the list of the files' SM3 国密 (GB/T 32905-2016), when
// there is one: it has the paths of the manifest, and its SM3 is the asset's,
// which owner and custodian signed. That each SM3 is the file's is seen only
// when the files are compared, as it is with SHA-256.
func (c *checker) sm3Manifest() {
	text, ok := find(c.files, nameSM3)
	if !ok {
		return
	}
	err := c.sm3Matches(string(text))
	if c.note(CheckSM3, nameSM3, err) {
		c.Report.sm3 = string(text)
	}
}

func (c *checker) sm3Matches(text string) error {
	record, err := c.asset()
	if err != nil {
		return err
	}
	want := record.optional("sm3_fingerprint")
	sum := sm3.Sum([]byte(text))
	switch {
	case record.error() != nil:
		return record.error()
	case want == "":
		return faultf("", "the asset has no SM3 fingerprint")
	case fmt.Sprintf("sm3:%x", sum) != want:
		return faultf("", "its SM3 is not the asset's SM3 fingerprint")
	}
	return samePaths(c.manifest, text)
}

// samePaths wants the lines of a manifest with other digests.
func samePaths(manifest, text string) error {
	for line := range strings.Lines(manifest) {
		_, path, _ := strings.Cut(line, "  ")
		var got string
		got, text = cutLine(text)
		if sum, rest, _ := strings.Cut(got, "  "); !isHex(sum) || rest != path {
			return faultf("", "tells %.100q where the manifest has %.100q", strings.TrimSuffix(got, "\n"), strings.TrimSuffix(path, "\n"))
		}
	}
	if text != "" {
		return faultf("", "has more lines than the manifest")
	}
	return nil
}

// cutLine takes the first line off, with its newline.
func cutLine(text string) (line, rest string) {
	end := strings.IndexByte(text, '\n') + 1
	return text[:end], text[end:]
}

func isHex(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// sm3ByPath is what the files' SM3 must be; empty when the package does not say.
func (r *Report) sm3ByPath() map[string]string {
	sums := map[string]string{}
	for line := range strings.Lines(r.sm3) {
		sum, path, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		sums[path] = sum
	}
	return sums
}

// wantedSM3 is a file's SM3 on the way to be compared; nothing when none is wanted.
type wantedSM3 struct {
	hash.Hash
	want string
}

func newSM3(want string) wantedSM3 { return wantedSM3{sm3.New(), want} }

// Write spares the work when nothing is to be compared.
func (w wantedSM3) Write(p []byte) (int, error) {
	if w.want == "" {
		return len(p), nil
	}
	return w.Hash.Write(p)
}

func (w wantedSM3) compare() error {
	if got := fmt.Sprintf("%x", w.Sum(nil)); w.want != "" && got != w.want {
		return faultf("sm3", "is %s, the SM3 manifest says %s", got, w.want)
	}
	return nil
}
