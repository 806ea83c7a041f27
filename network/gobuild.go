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
)

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
	cmd.WaitDelay = lastWords
	return cmd
}
