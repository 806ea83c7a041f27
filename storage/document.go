package storage

import (
	"context"
	"fmt"
)

// maxDocument bounds a document in bytes.
const maxDocument = 16 << 20

func documentKey(folder, name string) string { return "documents/" + folder + "/" + name + ".age" }

// Keep stores a document under a folder and a name, once, and answers what is
// stored there: the content of whoever came first. It is an age file to the
// custodian, retained as datasets are; no sweep removes it. Folder and name
// are segments of a key. ErrTooLarge, ErrCorrupt.
func (v *Vault) Keep(ctx context.Context, folder, name string, content []byte) ([]byte, error) {
	if len(content) > maxDocument/2 {
		return nil, fmt.Errorf("%w: document %s/%s has %d bytes", ErrTooLarge, folder, name, len(content))
	}
	key := documentKey(folder, name)
	to, err := ParseRecipient(v.custodian.Recipient())
	if err != nil {
		return nil, err
	}
	sealed, err := encrypt(content, to)
	if err != nil {
		return nil, err
	}
	stored, err := v.createOnce(ctx, key, sealed)
	if err != nil {
		return nil, err
	}
	if err := v.retainDocument(ctx, key); err != nil {
		return nil, err
	}
	return v.openDocument(key, stored)
}

// Document reads what was kept. ErrNotExist, ErrCorrupt. Who wrote it is for
// its own signature to say: whoever has the store's keys can put another.
func (v *Vault) Document(ctx context.Context, folder, name string) ([]byte, error) {
	key := documentKey(folder, name)
	sealed, err := v.readAll(ctx, key, maxDocument)
	if err != nil {
		return nil, err
	}
	return v.openDocument(key, sealed)
}

func (v *Vault) openDocument(key string, sealed []byte) ([]byte, error) {
	content, err := decrypt(sealed, v.custodian)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrCorrupt, key, err)
	}
	return content, nil
}

func (v *Vault) retainDocument(ctx context.Context, key string) error {
	r, ok := v.bucket.(Retainer)
	if !ok || r.Retention() == "" {
		return nil
	}
	if err := r.Retain(ctx, key); err != nil {
		return fmt.Errorf("retaining %s: %w", key, err)
	}
	return nil
}
