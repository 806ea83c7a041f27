package evidence

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// CheckData compares a folder of files with the manifest of a report that
// passed, and adds the check data-matches-manifest to it: a file that is
// missing, differs, or is not in the manifest is named. Where the package tells
// SM3, that is compared as well. It reads each file once, in bounded memory. The error is ctx's.
func CheckData(ctx context.Context, report Report, dir fs.FS) (Report, error) {
	r := report
	r.Checks = append([]Finding(nil), report.Checks...)
	*r.find(CheckDataMatches) = Finding{Name: CheckDataMatches, Result: NotPresent}
	if r.manifest == "" {
		r.fail(CheckDataMatches, Failure{File: "manifest", Detail: "the package has no manifest of files that could be verified"})
		r.judge()
		r.assess()
		return r, nil
	}
	listed, sm3 := map[string]bool{}, r.sm3ByPath()
	for line := range strings.Lines(r.manifest) {
		sum, path, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		listed[path] = true
		err := compare(ctx, dir, path, sum, sm3[path])
		if ctx.Err() != nil {
			return report, ctx.Err()
		}
		r.note(CheckDataMatches, path, err)
	}
	r.extra(dir, listed)
	r.judge()
	r.assess()
	return r, nil
}

func compare(ctx context.Context, dir fs.FS, path, want, wantSM3 string) error {
	f, err := dir.Open(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return faultf("", "is missing")
	}
	if err != nil {
		return faultf("", "cannot be read: %v", err)
	}
	defer f.Close()
	h, also := sha256.New(), newSM3(wantSM3)
	if _, err := io.Copy(io.MultiWriter(h, also), reader{ctx, f}); err != nil {
		return faultf("", "cannot be read: %v", err)
	}
	if got := fmt.Sprintf("%x", h.Sum(nil)); got != want {
		return faultf("sha256", "is %s, the manifest says %s", got, want)
	}
	return also.compare()
}

// extra names files that the manifest does not have.
func (r *Report) extra(dir fs.FS, listed map[string]bool) {
	err := fs.WalkDir(dir, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !listed[path] {
			r.fail(CheckDataMatches, Failure{File: path, Detail: "is not in the manifest"})
		}
		return err
	})
	if err != nil {
		r.fail(CheckDataMatches, Failure{File: ".", Detail: "cannot be read: " + err.Error()})
	}
}

// reader stops reading when ctx ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
