package network

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"
)

// nodeOUs tells an MSP how to know clients, peers, admins and orderers apart.
// cryptogen also names the CA there, which is optional, and which the old MSP
// code inside fabric-sdk-go does not find when the CA's signature has a high S.
const nodeOUs = `NodeOUs:
  Enable: true
  ClientOUIdentifier: {OrganizationalUnitIdentifier: client}
  PeerOUIdentifier: {OrganizationalUnitIdentifier: peer}
  AdminOUIdentifier: {OrganizationalUnitIdentifier: admin}
  OrdererOUIdentifier: {OrganizationalUnitIdentifier: orderer}
`

// makeCrypto makes every key and certificate, all of them or none: a folder
// half full of keys would be two different consortia.
func (r *Running) makeCrypto(ctx context.Context) error {
	if exists(r.l.path("crypto")) {
		return nil
	}
	out := r.l.path("crypto.new")
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := r.tool(ctx, r.tools.cryptogen, nil, "generate", "--config", r.l.path("crypto-config.yaml"), "--output", out); err != nil {
		return err
	}
	// An orderer's certificate comes from its member's own CA, too.
	link := filepath.Join(out, "ordererOrganizations")
	if err := os.Symlink("peerOrganizations", link); err != nil {
		return err
	}
	if err := r.tool(ctx, r.tools.cryptogen, nil, "extend", "--config", r.l.path("crypto-orderers.yaml"), "--input", out); err != nil {
		return err
	}
	return errors.Join(os.Remove(link), withoutCA(out), os.Chmod(out, 0o700), os.Rename(out, r.l.path("crypto")))
}

// withoutCA rewrites the config.yaml of every MSP.
func withoutCA(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "config.yaml" {
			return err
		}
		return os.WriteFile(path, []byte(nodeOUs), 0o600)
	})
}

// makeBlocks makes the channels' first blocks, once.
func (r *Running) makeBlocks(ctx context.Context) error {
	return r.each(ctx, r.makeBlock)
}

func (r *Running) makeBlock(ctx context.Context, ch channel) error {
	if exists(r.l.firstBlock(ch)) {
		return nil
	}
	part := r.l.firstBlock(ch) + ".new"
	env := []string{"FABRIC_CFG_PATH=" + r.l.dir}
	if err := r.tool(ctx, r.tools.configtxgen, env, "-profile", ch.Name, "-channelID", ch.Name, "-outputBlock", part); err != nil {
		return err
	}
	return os.Rename(part, r.l.firstBlock(ch))
}

// each does something for all channels at once.
func (r *Running) each(ctx context.Context, do func(context.Context, channel) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, ch := range r.l.channels() {
		g.Go(func() error { return do(ctx, ch) })
	}
	return g.Wait()
}

// tool runs a program to its end; what it said is told when it fails.
func (r *Running) tool(ctx context.Context, path string, env []string, args ...string) error {
	out, err := r.output(ctx, path, env, args...)
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", filepath.Base(path), args[0], err, bytes.TrimSpace(out))
	}
	return nil
}

// makeKeys renders what cryptogen and configtxgen read, and makes the keys.
func (r *Running) makeKeys(ctx context.Context) error {
	inputs, err := r.l.material()
	if err != nil {
		return err
	}
	if err := inputs.write(r.l.dir); err != nil {
		return err
	}
	return r.makeCrypto(ctx)
}
