package rotera.kafka;

import java.security.SecureRandom;
import rotera.kafka.message.DescribeAcls;
import rotera.kafka.message.InitProducerId;
import rotera.kafka.message.SaslAuthenticate;
import rotera.kafka.message.SaslHandshake;
import rotera.kafka.request.Request;
import rotera.kafka.request.RequestRouter;
import rotera.kafka.wire.Errors;

/** The responses that need no queue. */
final class StubHandlers {
    private static final SecureRandom RANDOM = new SecureRandom();

    private StubHandlers() {}

    static void register(RequestRouter router) {
        router.on(InitProducerId.API, StubHandlers::initProducerId)
                .on(DescribeAcls.API, StubHandlers::describeAcls)
                .on(SaslHandshake.API, StubHandlers::saslHandshake)
                .on(SaslAuthenticate.API, StubHandlers::saslAuthenticate);
    }

    /**
     * 63 random bits: among a million producers two share an id with a probability of one to 18
     * million, and nothing has to be kept over a restart.
     */
    private static InitProducerId.Response initProducerId(Request<InitProducerId.Request> request) {
        InitProducerId.Response response =
                InitProducerId.API.newResponse().producerId(-1).producerEpoch(-1);
        if (request.body().transactionalId() != null)
            return response.errorCode(Errors.INVALID_REQUEST);
        return response.producerId(RANDOM.nextLong(1, Long.MAX_VALUE)).producerEpoch(0);
    }

    private static DescribeAcls.Response describeAcls(Request<DescribeAcls.Request> request) {
        return DescribeAcls.API
                .newResponse()
                .errorCode(Errors.SECURITY_DISABLED)
                .errorMessage("there are no ACLs here");
    }

    private static SaslHandshake.Response saslHandshake(Request<SaslHandshake.Request> request) {
        return SaslHandshake.API.newResponse().errorCode(Errors.ILLEGAL_SASL_STATE);
    }

    private static SaslAuthenticate.Response saslAuthenticate(
            Request<SaslAuthenticate.Request> request) {
        return SaslAuthenticate.API
                .newResponse()
                .errorCode(Errors.ILLEGAL_SASL_STATE)
                .errorMessage("nobody logs in here: use security.protocol=PLAINTEXT");
    }
}
