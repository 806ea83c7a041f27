package storage

import "context"

// VerifyAs reads a complete file back as Seal does, after change has told
// another story of what was sent.
func (v *Vault) VerifyAs(ctx context.Context, id, path string, change func(total *int64, state, prefix *[]byte)) error {
	u, err := v.upload(ctx, id)
	if err != nil {
		return err
	}
	a, err := v.attempt(ctx, u, path)
	if err != nil {
		return err
	}
	change(&a.last.Total, &a.last.State, &a.prefix)
	_, err = v.verify(ctx, u, a, nil)
	return err
}

// PlainSize and SealedSize are the arithmetic of the payload.
var PlainSize, SealedSize = plainSize, sealedSize

// CheckAs reads a file as Check does, after change has told another story of
// what was sealed.
func (v *Vault) CheckAs(ctx context.Context, fingerprint, owner, path string, full bool, change func(*File)) error {
	d, err := v.dataset(ctx, fingerprint, owner)
	if err != nil {
		return err
	}
	f, c := d.files[path], check{v: v, d: d}
	change(&f.File)
	if full {
		return c.wholeFile(ctx, f)
	}
	return c.oneChunk(ctx, f, 0)
}

// CheckSM3As reads a file in full, as if its descriptor told this SM3.
func (v *Vault) CheckSM3As(ctx context.Context, fingerprint, owner, path, sm3 string) error {
	d, err := v.dataset(ctx, fingerprint, owner)
	if err != nil {
		return err
	}
	f, c := d.files[path], check{v: v, d: d}
	f.SM3 = sm3
	return c.wholeFile(ctx, f)
}

// ListSM3 puts sums in the order of a manifest.
var ListSM3 = listSM3
