package rotera.kafka;

import java.security.SecureRandom;
import rotera.kafka.request.Request;
import rotera.kafka.request.RequestRouter;
import rotera.kafka.wire.Errors;
import rotera.kafka.wire.Struct;

/** The answers that need no queue. */
final class StubHandlers {
    private static final SecureRandom RANDOM = new SecureRandom();

    private StubHandlers() {}

    static void answerIn(RequestRouter router) {
        router.on("InitProducerId", StubHandlers::initProducerId)
                .on("DescribeAcls", StubHandlers::describeAcls)
                .on("SaslHandshake", StubHandlers::saslHandshake)
                .on("SaslAuthenticate", StubHandlers::saslAuthenticate);
    }

    /**
     * 63 random bits: among a million producers two share an id with a probability of one to 18
     * million, and nothing has to be kept over a restart.
     */
    private static Struct initProducerId(Request request) {
        Struct answer = request.answer().set("producerId", -1).set("producerEpoch", -1);
        if (!request.body().isNull("transactionalId"))
            return answer.set("errorCode", Errors.INVALID_REQUEST);
        return answer.set("producerId", RANDOM.nextLong(1, Long.MAX_VALUE)).set("producerEpoch", 0);
    }

    private static Struct describeAcls(Request request) {
        return request.answer()
                .set("errorCode", Errors.SECURITY_DISABLED)
                .set("errorMessage", "there are no ACLs here");
    }

    private static Struct saslHandshake(Request request) {
        return request.answer().set("errorCode", Errors.ILLEGAL_SASL_STATE);
    }

    private static Struct saslAuthenticate(Request request) {
        return request.answer()
                .set("errorCode", Errors.ILLEGAL_SASL_STATE)
                .set("errorMessage", "nobody logs in here: use security.protocol=PLAINTEXT");
    }
}
