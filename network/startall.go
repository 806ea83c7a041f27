package network

import (
	"context"
	"errors"
)

// startAll writes what the nodes read, and starts them.
func (r *Running) startAll(withS3 bool) error {
	if err := r.write(withS3); err != nil {
		return err
	}
	if err := r.programs(withS3); err != nil {
		return err
	}
	if err := r.l.afresh(); err != nil {
		return err
	}
	for _, name := range r.Names() {
		if err := r.Start(name); err != nil {
			return err
		}
	}
	return nil
}

// write renders what the nodes read. It depends on consortium.json and the
// keys only: every start writes the same.
func (r *Running) write(withS3 bool) error {
	out, err := r.l.nodeFiles()
	if err != nil {
		return err
	}
	scripts, err := builderFiles()
	if err != nil {
		return err
	}
	if err := errors.Join(out.write(r.l.dir), scripts.write(r.l.dir), r.shellFiles().write(r.l.dir)); err != nil {
		return err
	}
	for _, m := range r.l.Members {
		if err := r.l.chaincodePairs(m); err != nil {
			return err
		}
	}
	if withS3 {
		return r.l.s3Files()
	}
	return nil
}

func (r *Running) storage(ctx context.Context, withS3 bool) error {
	if !withS3 {
		return nil
	}
	return r.await(ctx, s3Name, r.l.storageHealth)
}
