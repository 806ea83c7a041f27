package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/node"
)

// newNetworkGenesis is what a new ledger begins with: the members and their
// keys, which are made here, keys/<role>.jwk. A start that was cut off left
// some of them behind; they are used.
func newNetworkGenesis(keys string, c network.Consortium) (pledge.Genesis, error) {
	g := pledge.Genesis{V: pledge.Version, Channel: c.Channel, Created: time.Now().UTC().Format(time.RFC3339)}
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return g, err
	}
	if err := writeSketchKey(keys); err != nil {
		return g, err
	}
	for _, m := range c.Members {
		key, err := memberKey(filepath.Join(keys, string(m.Role)+".jwk"), m.Party)
		if err != nil {
			return g, err
		}
		g.Members = append(g.Members, pledge.Member{Party: m.Party, Name: m.Name, Roles: []pledge.Role{m.Role},
			Keys: []pledge.KeyGrant{{JWK: key.Public(), Scope: pledge.ScopeAdmin}}, Recipient: key.Recipient()})
	}
	return g, nil
}

// memberKey loads a key, or makes it when there is none.
func memberKey(path, party string) (*client.Key, error) {
	key, err := client.Load(path, nil)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if key, err = client.New(client.Ed25519, party, pledge.ScopeAdmin); err == nil {
		err = key.Save(path, "")
	}
	if err != nil {
		return nil, fmt.Errorf("making %s: %w", path, err)
	}
	return key, nil
}

func sketchKeyIn(keys string) string { return filepath.Join(keys, "sketch.key") }

// writeSketchKey makes the key that all services of a channel have in common.
func writeSketchKey(keys string) error {
	if err := node.EnsureSketchKey(sketchKeyIn(keys), slog.New(slog.DiscardHandler)); err != nil {
		return fmt.Errorf("making the key of the overlap sketches: %w", err)
	}
	return nil
}

func trimLine(p []byte) []byte { return bytes.TrimRight(p, "\n") }
