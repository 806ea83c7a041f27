package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// A name can be a file or a folder, not both: no disk could hold the dataset.
// uploads/<id>/<file>/folder says that files below the path were begun. A
// request leaves its own record before it looks for the other kind, so that of
// two at once at least one finds out.

func folders(path string) (above []string) {
	for i, r := range path {
		if r == '/' {
			above = append(above, path[:i])
		}
	}
	return above
}

// fits refuses a claimed file whose path clashes with another's, and takes the
// claim back. *PathError.
func (v *Vault) fits(ctx context.Context, u upload, a *attempt) error {
	err := v.clash(ctx, u, a.path)
	if pe := (*PathError)(nil); errors.As(err, &pe) {
		return errors.Join(err, v.void(ctx, a))
	}
	return err
}

func (v *Vault) clash(ctx context.Context, u upload, path string) error {
	for _, folder := range folders(path) {
		if err := v.asFolder(ctx, u, folder, path); err != nil {
			return err
		}
	}
	a, err := v.attempt(ctx, u, path)
	if err != nil || !a.folder {
		return err
	}
	all, err := v.attempts(ctx, u) // those below may have been removed
	if err != nil {
		return err
	}
	for _, other := range all {
		if strings.HasPrefix(other.path, path+"/") {
			return &PathError{path, fmt.Sprintf("is a folder: it holds %q", other.path)}
		}
	}
	return nil
}

func (v *Vault) asFolder(ctx context.Context, u upload, folder, path string) error {
	key := uploadDir(u.ID) + v.keys.hideName(u.ID, folder) + "/folder"
	_, err := v.bucket.Stat(ctx, key)
	if errors.Is(err, ErrNotExist) {
		err = v.bucket.Create(ctx, key, strings.NewReader(""))
	}
	if err != nil && !errors.Is(err, ErrExist) {
		return fmt.Errorf("storing %s: %w", key, err)
	}
	a, err := v.attempt(ctx, u, folder)
	if err == nil && a.claimed {
		err = &PathError{path, fmt.Sprintf("lies below %q, which is a file", folder)}
	}
	return err
}
