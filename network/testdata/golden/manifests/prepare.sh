#!/bin/sh
# Makes, once, what the manifests need and must not hold: keys and
# certificates, the channels' first blocks, each member's chaincode package.
# For a trial by one hand: in a real consortium each member makes its own keys
# at its own CA. Needs openssl, and cryptogen and configtxgen of Fabric 3.1.1.
set -eu
cd "$(dirname "$0")"
umask 077
[ -e genesis.json ] || { echo "prepare.sh: put the genesis.json that the members agreed on here first" >&2; exit 1; }

if [ ! -e crypto ]; then
  rm -rf crypto.new
  cryptogen generate --config crypto-config.yaml --output crypto.new
  # An orderer's certificate comes from its member's own CA, too.
  ln -s peerOrganizations crypto.new/ordererOrganizations
  cryptogen extend --config crypto-orderers.yaml --input crypto.new
  rm crypto.new/ordererOrganizations
  find crypto.new -name config.yaml -exec cp node-ous.yaml {} \;
  mv crypto.new crypto
fi
[ -e genesis.block ] || FABRIC_CFG_PATH="$PWD" configtxgen -profile pledge -channelID pledge -outputBlock genesis.block
[ -e imprint.block ] || FABRIC_CFG_PATH="$PWD" configtxgen -profile imprint -channelID imprint -outputBlock imprint.block

# pair FILE DOMAIN HOST USE: a TLS certificate of the member's CA and its key.
pair() {
  [ ! -e "$1.crt" ] || return 0
  ca=crypto/peerOrganizations/$2/tlsca
  mkdir -p "$(dirname "$1")"
  printf 'subjectAltName=DNS:%s,DNS:localhost,IP:127.0.0.1\nkeyUsage=digitalSignature\nextendedKeyUsage=%s\n' "$3" "$4" >"$1.ext"
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1.key" -subj "/CN=$3" -out "$1.csr"
  openssl x509 -req -in "$1.csr" -CA "$ca/tlsca.$2-cert.pem" -CAkey "$ca/priv_sk" -set_serial "0x$(openssl rand -hex 15)" \
    -days 3650 -extfile "$1.ext" -out "$1.new"
  rm "$1.csr" "$1.ext"
  mv "$1.new" "$1.crt"
}

pem() { awk '{printf "%s\\n", $0}' "$1"; }

# chaincode ROLE VARIABLE DOMAIN PEER HOST PORT FOLDER: both ends' certificates,
# the package for the peer, and its id. The id is the digest of the package, so
# one that exists stays.
chaincode() {
  pair "$7/server" "$3" "$5" serverAuth
  pair "$7/client" "$3" "$4" clientAuth
  cp "crypto/peerOrganizations/$3/tlsca/tlsca.$3-cert.pem" "$7/ca.crt"
  if [ ! -e "packages/$1.tar.gz" ]; then
    mkdir -p packages/new
    printf '{"address":"%s","dial_timeout":"10s","tls_required":true,"client_auth_required":true,"client_key":"%s","client_cert":"%s","root_cert":"%s"}' \
      "$5:$6" "$(pem "$7/client.key")" "$(pem "$7/client.crt")" "$(pem "$7/ca.crt")" >packages/new/connection.json
    printf '{"path":"","type":"ccaas","label":"%s"}' datapledge_1 >packages/new/metadata.json
    tar -C packages/new -czf packages/new/code.tar.gz connection.json
    tar -C packages/new -czf packages/new/package.tar.gz metadata.json code.tar.gz
    mv packages/new/package.tar.gz "packages/$1.tar.gz"
    rm -r packages/new
  fi
  echo "$2=datapledge_1:$(openssl dgst -sha256 -r "packages/$1.tar.gz" | cut -d' ' -f1)" >>.env.new
}

echo "DATAPLEDGE_USER=$(id -u):$(id -g)" >.env.new
chaincode ipcenter CHAINCODE_ID_IPCENTER ipcenter.datapledge.example peer.ipcenter.datapledge.example chaincode.ipcenter.datapledge.example 17053 crypto/peerOrganizations/ipcenter.datapledge.example/chaincodes/chaincode.ipcenter.datapledge.example
chaincode notary CHAINCODE_ID_NOTARY notary.datapledge.example peer.notary.datapledge.example chaincode.notary.datapledge.example 17063 crypto/peerOrganizations/notary.datapledge.example/chaincodes/chaincode.notary.datapledge.example
chaincode exchange CHAINCODE_ID_EXCHANGE exchange.datapledge.example peer.exchange.datapledge.example chaincode.exchange.datapledge.example 17073 crypto/peerOrganizations/exchange.datapledge.example/chaincodes/chaincode.exchange.datapledge.example
chaincode court CHAINCODE_ID_COURT court.datapledge.example peer.court.datapledge.example chaincode.court.datapledge.example 17083 crypto/peerOrganizations/court.datapledge.example/chaincodes/chaincode.court.datapledge.example
chaincode regulator CHAINCODE_ID_REGULATOR regulator.datapledge.example peer.regulator.datapledge.example chaincode.regulator.datapledge.example 17093 crypto/peerOrganizations/regulator.datapledge.example/chaincodes/chaincode.regulator.datapledge.example
chaincode bank CHAINCODE_ID_BANK bank.datapledge.example peer.bank.datapledge.example chaincode.bank.datapledge.example 17103 crypto/peerOrganizations/bank.datapledge.example/chaincodes/chaincode.bank.datapledge.example
mv .env.new .env

pair s3/server exchange.datapledge.example s3.exchange.datapledge.example serverAuth
cp crypto/peerOrganizations/exchange.datapledge.example/tlsca/tlsca.exchange.datapledge.example-cert.pem s3/ca.pem
for key in access-key secret-key; do
  [ -e "s3/$key" ] || openssl rand -hex 16 | tr -d '\n' >"s3/$key"
done
echo "prepare.sh: done; the package ids are in .env"
