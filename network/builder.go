package network

import (
	"embed"
	"path"
)

//go:embed builder/bin
var builder embed.FS

// builderFiles are the scripts by which a peer runs chaincode as a service.
func builderFiles() (files, error) {
	out := files{}
	for _, name := range []string{"detect", "build", "release"} {
		text, err := builder.ReadFile(path.Join("builder/bin", name))
		if err != nil {
			return nil, err
		}
		out[path.Join("builder/bin", name)] = text
	}
	return out, nil
}
