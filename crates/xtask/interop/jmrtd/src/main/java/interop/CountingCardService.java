package interop;

import net.sf.scuba.smartcards.CardService;
import net.sf.scuba.smartcards.CardServiceException;
import net.sf.scuba.smartcards.CommandAPDU;
import net.sf.scuba.smartcards.ResponseAPDU;

/** A card service that counts what crosses to the card, and remembers its last status word, which JMRTD does not always pass on. */
final class CountingCardService extends CardService {
  private final CardService inner;
  private int roundTrips;
  private long sent;
  private long received;
  private int lastStatusWord;

  CountingCardService(CardService inner) {
    this.inner = inner;
  }

  int roundTrips() {
    return roundTrips;
  }

  /** Bytes of whole commands. */
  long sent() {
    return sent;
  }

  /** Bytes of whole responses. */
  long received() {
    return received;
  }

  int lastStatusWord() {
    return lastStatusWord;
  }

  @Override
  public ResponseAPDU transmit(CommandAPDU command) throws CardServiceException {
    roundTrips++;
    sent += command.getBytes().length;
    ResponseAPDU response = inner.transmit(command);
    received += response.getBytes().length;
    lastStatusWord = response.getSW();
    return response;
  }

  @Override
  public void open() throws CardServiceException {
    inner.open();
  }

  @Override
  public boolean isOpen() {
    return inner.isOpen();
  }

  @Override
  public byte[] getATR() throws CardServiceException {
    return inner.getATR();
  }

  @Override
  public boolean isExtendedAPDULengthSupported() {
    return inner.isExtendedAPDULengthSupported();
  }

  @Override
  public void close() {
    inner.close();
  }

  @Override
  public boolean isConnectionLost(Exception e) {
    return inner.isConnectionLost(e);
  }
}
