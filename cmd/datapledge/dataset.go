package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

const datasetHelp = `usage: datapledge dataset fingerprint|preflight|seal|open|sample

Works on folders and files of this machine, without any server.

EXAMPLE
  datapledge dataset fingerprint ./dataset
` + exitCommon

const datasetFingerprintHelp = `usage: datapledge dataset fingerprint DIR|FILE… [-manifest FILE] [-sm3] [-sm3-manifest FILE] [-leaves FILE]

Prints the fingerprint 哈希指纹 of a dataset: the SHA-256 of its manifest, which is
what sha256sum prints for its files, sorted. The manifest goes to standard
error or, with -manifest, to a file, which 'sha256sum -c' checks.

  -manifest FILE      write the manifest there
  -sm3                also print the SM3 fingerprint 国密 (GB/T 32905): the SM3 of the same
                      manifest with SM3 for SHA-256, computed in the same pass
  -sm3-manifest FILE  the same, and write that manifest there
  -leaves FILE        write the digest of every 1 MiB chunk, for 'dataset sample'

EXAMPLE
  datapledge dataset fingerprint ./dataset -manifest manifest.txt
  cd dataset && sha256sum -c ../manifest.txt
` + exitCommon

func (a *app) datasetCommand() *cobra.Command {
	return a.group("dataset", datasetHelp, a.datasetFingerprintCommand(), a.datasetPreflightCommand(), a.datasetSealCommand(),
		a.datasetOpenCommand(), a.datasetSampleCommand())
}

// dataset is a dataset on this machine: one folder, or some files.
type dataset struct {
	manifest storage.Manifest
	root     string            // of a folder
	files    map[string]string // of single files: where each is
}

// path is where a file of the manifest lies.
func (d dataset) path(name string) string {
	if d.root == "" {
		return d.files[name]
	}
	return filepath.Join(d.root, filepath.FromSlash(name))
}

// localDataset fingerprints a folder, or files under their base names.
func (a *app) localDataset(ctx context.Context, paths []string, extras ...storage.Extra) (dataset, error) {
	total, folder, err := sizes(paths)
	if err != nil {
		return dataset{}, err
	}
	bar := a.progress("fingerprint", total)
	defer a.progressDone()
	if folder {
		m, err := storage.FingerprintFolder(ctx, paths[0], bar.add, extras...)
		return dataset{manifest: m, root: paths[0]}, badDataset(err)
	}
	d := filesAt(paths)
	d.manifest, err = storage.FingerprintFiles(ctx, paths, bar.add, extras...)
	return d, badDataset(err)
}

// filesAt is a dataset of single files, each under its base name.
func filesAt(paths []string) dataset {
	d := dataset{files: map[string]string{}}
	for _, p := range paths {
		d.files[filepath.Base(p)] = p
	}
	return d
}

// sizes adds up what will be read, and says whether it is one folder.
func sizes(paths []string) (total int64, folder bool, err error) {
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return 0, false, err
		}
		if info.IsDir() && len(paths) > 1 {
			return 0, false, usagef("%s is a folder: name one folder, or files", p)
		}
		if !info.IsDir() {
			total += info.Size()
			continue
		}
		folder = true
		_ = filepath.WalkDir(p, func(_ string, e fs.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() {
				if i, err := e.Info(); err == nil {
					total += i.Size()
				}
			}
			return nil // what cannot be read is told by the real pass
		})
	}
	return total, folder, nil
}

// badDataset turns what is wrong with the dataset into a refusal: the same
// code that the service would answer.
func badDataset(err error) error {
	var path *storage.PathError
	var list *storage.ManifestError
	switch {
	case errors.As(err, &path):
		return &pledge.Error{Code: pledge.Malformed, Detail: path.Error()}
	case errors.As(err, &list):
		return &pledge.Error{Code: pledge.Malformed, Detail: list.Error()}
	}
	return err
}

// datasetView is the JSON of a fingerprint.
type datasetView struct {
	Fingerprint  string         `json:"fingerprint"`
	Manifest     string         `json:"manifest"`
	ManifestRoot string         `json:"manifest_root,omitempty"`
	Size         int64          `json:"size"`
	Files        []storage.File `json:"files"`
	SM3          string         `json:"sm3_fingerprint,omitempty"`
	SM3Manifest  string         `json:"sm3_manifest,omitempty"`
}

func viewOf(m storage.Manifest) datasetView {
	root, _ := m.Root() // unknown for a manifest that was read, not computed
	return datasetView{m.Fingerprint(), m.String(), root, m.Size(), m.Files(), m.SM3().Fingerprint(), m.SM3().String()}
}

// extras are what is wanted besides SHA-256.
func extras(sm3 bool) []storage.Extra {
	if sm3 {
		return []storage.Extra{storage.SM3}
	}
	return nil
}

func (a *app) datasetFingerprintCommand() *cobra.Command {
	var manifest, sm3Manifest, leaves string
	var sm3 bool
	c := a.command("fingerprint DIR|FILE…", datasetFingerprintHelp, 1, -1, func(ctx context.Context, args []string) error {
		d, err := a.localDataset(ctx, args, extras(sm3 || sm3Manifest != "")...)
		if err != nil {
			return err
		}
		if err := errors.Join(writeText(manifest, d.manifest.String()), writeText(sm3Manifest, d.manifest.SM3().String())); err != nil {
			return err
		}
		if leaves != "" {
			if err := writeLeaves(ctx, leaves, d); err != nil {
				return err
			}
		}
		a.emit(viewOf(d.manifest), func(w io.Writer) { a.printFingerprint(w, viewOf(d.manifest), manifest == "", sm3Manifest == "") })
		return nil
	})
	c.Flags().StringVar(&manifest, "manifest", "", "")
	c.Flags().BoolVar(&sm3, "sm3", false, "")
	c.Flags().StringVar(&sm3Manifest, "sm3-manifest", "", "")
	c.Flags().StringVar(&leaves, "leaves", "", "")
	return c
}

// writeText writes a file unless its name is empty.
func writeText(name, text string) error {
	if name == "" {
		return nil
	}
	return os.WriteFile(name, []byte(text), 0o644)
}

// printFingerprint shows the manifests that went to no file.
func (a *app) printFingerprint(w io.Writer, v datasetView, manifest, sm3 bool) {
	if manifest {
		fmt.Fprint(a.stderr, v.Manifest)
	}
	if sm3 {
		fmt.Fprint(a.stderr, v.SM3Manifest)
	}
	fmt.Fprintln(w, v.Fingerprint)
	if v.SM3 != "" {
		fmt.Fprintln(w, v.SM3)
	}
}
