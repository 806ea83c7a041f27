package service

import "context"

// Share is how much of one content's rows are in another's, in basis points,
// with the bounds between which it lies in 997 of 1,000 cases. Of is how many
// hashes it rests on; with 0 nothing is known.
type Share struct {
	BP   int `json:"bp"`
	Low  int `json:"low_bp"`
	High int `json:"high_bp"`
	Of   int `json:"of"`
}

// Similar is a registered asset whose content is like the one looked for.
type Similar struct {
	AssetID string `json:"asset_id"`
	// Share is how much of the content looked for is in the asset, OtherShare
	// how much of the asset is in it.
	Share      Share `json:"share"`
	OtherShare Share `json:"other_share"`
	// Columns, of OfColumns of the content looked for, are found again by their
	// values: it finds a table of which columns were dropped or joined.
	Columns   int `json:"columns"`
	OfColumns int `json:"of_columns"`
}

// ContentIndex knows the overlap sketches of the registered assets.
type ContentIndex interface {
	// Similar lists the assets like the content of a sketch, the most alike
	// first, of those registered up to a block. Digest names a sketch that the
	// vault keeps. complete is false when a bound cut the list. ErrNotFound: the vault has no
	// such sketch; ErrUnavailable: the index does not show the block yet.
	Similar(ctx context.Context, digest string, upTo uint64) (list []Similar, complete bool, err error)
}
