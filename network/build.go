package network

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// The programs of others are pinned, each set by a go.mod of its own under
// network/tools, built once for all networks of this user.

const module = "github.com/datapledge/datapledge"

// ErrNoTools says that the programs of a network are neither given nor can
// be built.
var ErrNoTools = errors.New("the programs of the network cannot be built here")

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

// buildInto leaves a whole folder or none.
func buildInto(ctx context.Context, dir, source, what string) error {
	part, err := os.MkdirTemp(filepath.Dir(dir), ".building-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(part)
	if err := goBuild(ctx, source, part+string(filepath.Separator), what); err != nil {
		return err
	}
	return errors.Join(os.Chmod(part, 0o755), os.Rename(part, dir))
}

// buildKey changes with anything that the programs are built from.
func buildKey(ctx context.Context, source string) (string, error) {
	h := sha256.New()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			return "", fmt.Errorf("%w: %w", ErrNoTools, err)
		}
		fmt.Fprintf(h, "%s %d\n%s", name, len(text), text)
	}
	version, err := goCommand(ctx, source, "env", "GOVERSION", "GOOS", "GOARCH").Output()
	if err != nil {
		return "", fmt.Errorf("%w: there is no go command: install Go 1.26 or newer, or name a folder with ready-made programs (-tools): %w", ErrNoTools, err)
	}
	h.Write(version)
	return hex.EncodeToString(h.Sum(nil))[:12], nil
}

// buildChaincode builds our own chaincode every time, which is quick when
// nothing changed, and keeps it with the network: another network may run
// another version.
func (r *Running) buildChaincode(ctx context.Context, root string) (string, error) {
	dir := r.l.path("bin")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	return dir, goBuild(ctx, root, dir+string(filepath.Separator), "./cmd/datapledge-chaincode")
}

func goBuild(ctx context.Context, source, out, what string) error {
	text, err := goCommand(ctx, source, "build", "-o", out, what).CombinedOutput()
	if err != nil {
		return errors.Join(ErrNoTools, fmt.Errorf("go build in %s: %w: %s", source, err, lastLines(text, 10)), ctx.Err())
	}
	return nil
}

func goCommand(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	cmd.WaitDelay = time.Second
	return cmd
}

// NoTools tells whether an error of Up means that the programs are missing,
// and not that the network does not work.
func NoTools(err error) bool { return errors.Is(err, ErrNoTools) }
