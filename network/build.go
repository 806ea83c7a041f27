package network

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The programs of others are pinned, each set by a go.mod of its own under
// network/tools, built once for all networks of this user.

const module = "github.com/datapledge/datapledge"

// ErrNoTools says that the programs of a network are neither given nor can be
// built.
var ErrNoTools = errors.New("the programs of the network are missing")

// buildTools builds what is not built yet.
func (r *Running) buildTools(ctx context.Context, withS3 bool) (tools, error) {
	var t tools
	root, err := sourceRoot()
	if err != nil {
		return t, err
	}
	fabric, err := r.built(ctx, root, "fabric", "2 to 5 minutes")
	if err != nil {
		return t, err
	}
	t.peer, t.orderer, t.configtxgen, t.cryptogen = fabric, fabric, fabric, fabric
	if withS3 {
		if t.versitygw, err = r.built(ctx, root, "versitygw", "half a minute"); err != nil {
			return t, err
		}
	}
	if t.chaincode, err = r.buildChaincode(ctx, root); err != nil {
		return t, err
	}
	return t, t.place(withS3)
}

// sourceRoot is the folder of this module's sources: the working directory's
// or one above.
func sourceRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		text, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if first, _, _ := strings.Cut(string(text), "\n"); err == nil && strings.TrimSpace(first) == "module "+module {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("%w: %s is not inside the sources of %s; run it there, or name a folder with peer, orderer, configtxgen, cryptogen, versitygw and datapledge-chaincode (-tools)", ErrNoTools, dir, module)
		}
	}
}

// cache is where built programs are kept.
func cache() (string, error) {
	if dir := os.Getenv("DATAPLEDGE_TOOLS"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the cache folder (DATAPLEDGE_TOOLS names one): %w", err)
	}
	return filepath.Join(dir, "datapledge", "tools"), nil
}

// built is the folder with the programs that one go.mod pins.
func (r *Running) built(ctx context.Context, root, set, howLong string) (string, error) {
	source := filepath.Join(root, "network", "tools", set)
	key, err := buildKey(ctx, source)
	if err != nil {
		return "", err
	}
	dir, err := cache()
	if err != nil {
		return "", err
	}
	dir = filepath.Join(dir, set+"-"+key)
	if exists(dir) {
		return dir, nil
	}
	unlock, err := r.lockBuild(ctx, dir+".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if exists(dir) {
		return dir, nil // another process just did
	}
	r.say("building %s, once: takes %s …", set, howLong)
	return dir, r.step(ctx, "building "+set, func(ctx context.Context) error { return buildInto(ctx, dir, source, "tool") })
}

func (r *Running) lockBuild(ctx context.Context, path string) (func(), error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	unlock, err := tryLock(path)
	for first := true; errors.Is(err, errLocked); unlock, err = tryLock(path) {
		if first {
			r.say("another process is building %s; waiting for it", strings.TrimSuffix(filepath.Base(path), ".lock"))
			first = false
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Second):
		}
	}
	return unlock, err
}

// NoTools tells whether an error of Up means that the programs are missing,
// and not that the network does not work.
func NoTools(err error) bool { return errors.Is(err, ErrNoTools) }
