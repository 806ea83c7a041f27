#!/bin/sh
# Makes the running nodes 2 channels, once: every orderer and the members' peers
# join, every member installs and approves the chaincode, one commits it. Needs
# osnadmin and peer of Fabric 3.1.1, FABRIC_CFG_PATH naming the folder of its
# sample core.yaml, and the nodes' names to resolve (see README.md).
set -eu
cd "$(dirname "$0")"
. ./.env
osnadmin channel join --channelID pledge --config-block genesis.block -o orderer.ipcenter.datapledge.example:17055 \
  --ca-file crypto/peerOrganizations/ipcenter.datapledge.example/tlsca/tlsca.ipcenter.datapledge.example-cert.pem \
  --client-cert crypto/peerOrganizations/ipcenter.datapledge.example/users/Admin@ipcenter.datapledge.example/tls/client.crt --client-key crypto/peerOrganizations/ipcenter.datapledge.example/users/Admin@ipcenter.datapledge.example/tls/client.key
osnadmin channel join --channelID pledge --config-block genesis.block -o orderer.notary.datapledge.example:17065 \
  --ca-file crypto/peerOrganizations/notary.datapledge.example/tlsca/tlsca.notary.datapledge.example-cert.pem \
  --client-cert crypto/peerOrganizations/notary.datapledge.example/users/Admin@notary.datapledge.example/tls/client.crt --client-key crypto/peerOrganizations/notary.datapledge.example/users/Admin@notary.datapledge.example/tls/client.key
osnadmin channel join --channelID pledge --config-block genesis.block -o orderer.exchange.datapledge.example:17075 \
  --ca-file crypto/peerOrganizations/exchange.datapledge.example/tlsca/tlsca.exchange.datapledge.example-cert.pem \
  --client-cert crypto/peerOrganizations/exchange.datapledge.example/users/Admin@exchange.datapledge.example/tls/client.crt --client-key crypto/peerOrganizations/exchange.datapledge.example/users/Admin@exchange.datapledge.example/tls/client.key
osnadmin channel join --channelID pledge --config-block genesis.block -o orderer.court.datapledge.example:17085 \
  --ca-file crypto/peerOrganizations/court.datapledge.example/tlsca/tlsca.court.datapledge.example-cert.pem \
  --client-cert crypto/peerOrganizations/court.datapledge.example/users/Admin@court.datapledge.example/tls/client.crt --client-key crypto/peerOrganizations/court.datapledge.example/users/Admin@court.datapledge.example/tls/client.key
osnadmin channel join --channelID imprint --config-block imprint.block -o orderer.ipcenter.datapledge.example:17055 \
  --ca-file crypto/peerOrganizations/ipcenter.datapledge.example/tlsca/tlsca.ipcenter.datapledge.example-cert.pem \
  --client-cert crypto/peerOrganizations/ipcenter.datapledge.example/users/Admin@ipcenter.datapledge.example/tls/client.crt --client-key crypto/peerOrganizations/ipcenter.datapledge.example/users/Admin@ipcenter.datapledge.example/tls/client.key
osnadmin channel join --channelID imprint --config-block imprint.block -o orderer.notary.datapledge.example:17065 \
  --ca-file crypto/peerOrganizations/notary.datapledge.example/tlsca/tlsca.notary.datapledge.example-cert.pem \
  --client-cert crypto/peerOrganizations/notary.datapledge.example/users/Admin@notary.datapledge.example/tls/client.crt --client-key crypto/peerOrganizations/notary.datapledge.example/users/Admin@notary.datapledge.example/tls/client.key
osnadmin channel join --channelID imprint --config-block imprint.block -o orderer.exchange.datapledge.example:17075 \
  --ca-file crypto/peerOrganizations/exchange.datapledge.example/tlsca/tlsca.exchange.datapledge.example-cert.pem \
  --client-cert crypto/peerOrganizations/exchange.datapledge.example/users/Admin@exchange.datapledge.example/tls/client.crt --client-key crypto/peerOrganizations/exchange.datapledge.example/users/Admin@exchange.datapledge.example/tls/client.key
osnadmin channel join --channelID imprint --config-block imprint.block -o orderer.court.datapledge.example:17085 \
  --ca-file crypto/peerOrganizations/court.datapledge.example/tlsca/tlsca.court.datapledge.example-cert.pem \
  --client-cert crypto/peerOrganizations/court.datapledge.example/users/Admin@court.datapledge.example/tls/client.crt --client-key crypto/peerOrganizations/court.datapledge.example/users/Admin@court.datapledge.example/tls/client.key

# as MSP DOMAIN ADDRESS …: the peer command as the member's admin.
as() {
  msp=$1 org=crypto/peerOrganizations/$2 address=$3 domain=$2
  shift 3
  CORE_PEER_LOCALMSPID=$msp CORE_PEER_ADDRESS=$address CORE_PEER_TLS_ENABLED=true \
    CORE_PEER_TLS_ROOTCERT_FILE=$PWD/$org/tlsca/tlsca.$domain-cert.pem \
    CORE_PEER_MSPCONFIGPATH=$PWD/$org/users/Admin@$domain/msp peer "$@"
}

# ordered …: with what all members must agree on, to an orderer.
ordered() {
  "$@" --version 1 --sequence 1 \
    -o orderer.ipcenter.datapledge.example:17054 --tls --cafile "$PWD"/crypto/peerOrganizations/ipcenter.datapledge.example/tlsca/tlsca.ipcenter.datapledge.example-cert.pem
}

# install MSP DOMAIN ADDRESS ROLE
install() {
  as "$1" "$2" "$3" lifecycle chaincode install "packages/$4.tar.gz"
}
install IPCentreMSP ipcenter.datapledge.example peer.ipcenter.datapledge.example:17051 ipcenter
install NotaryMSP notary.datapledge.example peer.notary.datapledge.example:17061 notary
install ExchangeMSP exchange.datapledge.example peer.exchange.datapledge.example:17071 exchange
install CourtMSP court.datapledge.example peer.court.datapledge.example:17081 court
install RegulatorMSP regulator.datapledge.example peer.regulator.datapledge.example:17091 regulator
install BankMSP bank.datapledge.example peer.bank.datapledge.example:17101 bank

# Channel pledge
definition() {
  ordered "$@" --channelID pledge --name datapledge --signature-policy "OR(AND('IPCentreMSP.peer', 'NotaryMSP.peer'), AND(OR('IPCentreMSP.peer', 'NotaryMSP.peer'), OR('ExchangeMSP.peer', 'CourtMSP.peer', 'RegulatorMSP.peer', 'BankMSP.peer')))"
}

# member MSP DOMAIN ADDRESS PACKAGE-ID
member() {
  as "$1" "$2" "$3" channel join -b genesis.block
  definition as "$1" "$2" "$3" lifecycle chaincode approveformyorg --package-id "$4"
}
member IPCentreMSP ipcenter.datapledge.example peer.ipcenter.datapledge.example:17051 "$CHAINCODE_ID_IPCENTER"
member NotaryMSP notary.datapledge.example peer.notary.datapledge.example:17061 "$CHAINCODE_ID_NOTARY"
member ExchangeMSP exchange.datapledge.example peer.exchange.datapledge.example:17071 "$CHAINCODE_ID_EXCHANGE"
member CourtMSP court.datapledge.example peer.court.datapledge.example:17081 "$CHAINCODE_ID_COURT"
member RegulatorMSP regulator.datapledge.example peer.regulator.datapledge.example:17091 "$CHAINCODE_ID_REGULATOR"
member BankMSP bank.datapledge.example peer.bank.datapledge.example:17101 "$CHAINCODE_ID_BANK"

# A peer that has not seen the last approval yet would not endorse the commit.
commit() {
  definition as IPCentreMSP ipcenter.datapledge.example peer.ipcenter.datapledge.example:17051 lifecycle chaincode commit \
    --peerAddresses peer.ipcenter.datapledge.example:17051 --tlsRootCertFiles "$PWD"/crypto/peerOrganizations/ipcenter.datapledge.example/tlsca/tlsca.ipcenter.datapledge.example-cert.pem \
    --peerAddresses peer.notary.datapledge.example:17061 --tlsRootCertFiles "$PWD"/crypto/peerOrganizations/notary.datapledge.example/tlsca/tlsca.notary.datapledge.example-cert.pem \
    --peerAddresses peer.exchange.datapledge.example:17071 --tlsRootCertFiles "$PWD"/crypto/peerOrganizations/exchange.datapledge.example/tlsca/tlsca.exchange.datapledge.example-cert.pem \
    --peerAddresses peer.court.datapledge.example:17081 --tlsRootCertFiles "$PWD"/crypto/peerOrganizations/court.datapledge.example/tlsca/tlsca.court.datapledge.example-cert.pem \
    --peerAddresses peer.regulator.datapledge.example:17091 --tlsRootCertFiles "$PWD"/crypto/peerOrganizations/regulator.datapledge.example/tlsca/tlsca.regulator.datapledge.example-cert.pem \
    --peerAddresses peer.bank.datapledge.example:17101 --tlsRootCertFiles "$PWD"/crypto/peerOrganizations/bank.datapledge.example/tlsca/tlsca.bank.datapledge.example-cert.pem
}
commit || { sleep 5; commit; }

# Channel imprint
definition() {
  ordered "$@" --channelID imprint --name imprint --signature-policy "OutOf(2, 'NotaryMSP.peer', 'CourtMSP.peer', 'RegulatorMSP.peer')"
}

# member MSP DOMAIN ADDRESS PACKAGE-ID
member() {
  as "$1" "$2" "$3" channel join -b imprint.block
  definition as "$1" "$2" "$3" lifecycle chaincode approveformyorg --package-id "$4"
}
member NotaryMSP notary.datapledge.example peer.notary.datapledge.example:17061 "$CHAINCODE_ID_NOTARY"
member CourtMSP court.datapledge.example peer.court.datapledge.example:17081 "$CHAINCODE_ID_COURT"
member RegulatorMSP regulator.datapledge.example peer.regulator.datapledge.example:17091 "$CHAINCODE_ID_REGULATOR"

# A peer that has not seen the last approval yet would not endorse the commit.
commit() {
  definition as NotaryMSP notary.datapledge.example peer.notary.datapledge.example:17061 lifecycle chaincode commit \
    --peerAddresses peer.notary.datapledge.example:17061 --tlsRootCertFiles "$PWD"/crypto/peerOrganizations/notary.datapledge.example/tlsca/tlsca.notary.datapledge.example-cert.pem \
    --peerAddresses peer.court.datapledge.example:17081 --tlsRootCertFiles "$PWD"/crypto/peerOrganizations/court.datapledge.example/tlsca/tlsca.court.datapledge.example-cert.pem \
    --peerAddresses peer.regulator.datapledge.example:17091 --tlsRootCertFiles "$PWD"/crypto/peerOrganizations/regulator.datapledge.example/tlsca/tlsca.regulator.datapledge.example-cert.pem
}
commit || { sleep 5; commit; }
