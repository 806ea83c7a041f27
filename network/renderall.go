package network

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Render writes everything that a consortium amounts to into a new folder,
// and returns the paths below it. It runs nothing and makes no keys.
func Render(c Consortium, out string) ([]string, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(out)
	if err != nil {
		return nil, err
	}
	if list, err := os.ReadDir(dir); err == nil && len(list) > 0 {
		return nil, fmt.Errorf("%s is not empty", dir)
	}
	all, err := layout{c, dir}.everything()
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(all)), all.write(dir)
}

func (l layout) everything() (files, error) {
	all := files{}
	manifests := func() (files, error) {
		out, err := Manifests(l.Consortium)
		return files(out).under("manifests"), err
	}
	for _, part := range []func() (files, error){l.material, l.nodeFiles, builderFiles, manifests} {
		out, err := part()
		if err != nil {
			return nil, err
		}
		maps.Copy(all, out)
	}
	text, err := l.text()
	all["consortium.json"] = text
	return all, err
}

func (f files) under(dir string) files {
	out := files{}
	for name, text := range f {
		out[dir+"/"+name] = text
	}
	return out
}
