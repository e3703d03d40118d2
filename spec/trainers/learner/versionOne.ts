/**
 * Checkpoints of format version 1, as they were written before an influence could be absent: gzipped, in
 * base64.
 */
export interface OldCheckpoint {
  readonly estimator: 'uoro' | 'rtrl' | 'snap' | 'tbptt';
  /** How many steps had been learnt from. */
  readonly steps: number;
  /** Of the next four, as the writer of the file went on: inputs sin(5), sin(6) …, targets [0.1, -0.2]. */
  readonly losses: readonly number[];
  readonly file: readonly string[];
}

/**
 * Of an rnn({ inputs: 1, units: 2 }) in float64 with sgd({ rate: 0.1 }); those of SnAp and the second of UORO
 * follow a reset.
 */
export const oldCheckpoints: readonly OldCheckpoint[] = [
  {
    estimator: 'uoro',
    steps: 0,
    losses: [0.0975046465375776, 0.07139420793584714, 0.1429267567100915, 0.12001727017569278],
    file: [
      'H4sIAAAAAAACA82UsYvUQBTGj2sO/wB7edgI4zITYy7E4gRFxEILrxA2YZm7vOyG28yEycTlbg2I2ClWVgqWllZiJ9taiiA2V4lcJf4H',
      'osxkd73c3S6bzmyxOzPf95s3387Lg401+4yh18tQ85hr3utBMIZEqoxrCEBIhaNUxJ0hciVQAYGHqIpUCgiAAYHdAe7uFWUGAXC8miTo',
      'mNmZOoBxCGmMQqd6P4RgHEImYxyGEISghAiBhICFTjOupaoFgmdo10uppBWYAuQohICREBQXe9OfmBfpUIoQAtqhlFIzN+QCC2tPRYw5',
      'CrN5CBUJQeY6zdIDPLlP0Y9rQaz383oqGUquPdfuPiMyIxEyLbD276Uirv2IMcZ1pVLFRtu9QihhhJpPZHwZZlJNE8i54hlqVEU9HtVf',
      'FzWKwoZwXNIZ1bWVS0VlLdpZKtoJobK1yAyFtpubYV/xOLUhLShmJlhSylyyuJC5ZFbGLNfuOIRCc42nPVbSpVFnum5sqUiGJYrdqdyu',
      'bHPRn5/gTMDc1WkaDHEeUQMzWol20rsko1Xci+NbxW2TrY43TDeqImJCwtxETU1lecw1zkamQVLRN6Oqgoo0bp55E9iegABueS4QKAbc',
      'jLqMOBEB+76QSVKgLiDoUsK8qIkoFyOcsxDMI65/grGzhHGa4PrEcw3h361teQzPJT5tENqewqeEMaeBaHcIxhzCHBtEswXaURyfMNdt',
      'UM7ug3ZY1yXMowuwpxuiZfzMo4RteqviW9+wTY841F8V3+5/c6hPHMeNquqCeS7/eVE++vpj8jh7ee7zq/eT+MON22+/HU6Onl56cu38',
      'l8mdd0f3f939vrX2e/vZAEZb11/fPPx48Gbyc33j3vrzT5O1//z5C3ZQtJ9ACAAA',
    ],
  },
  {
    estimator: 'uoro',
    steps: 3,
    losses: [0.10332577790379165, 0.07017463749611186, 0.09821185384960301, 0.07489216418682201],
    file: [
      'H4sIAAAAAAACA7WUTWgTQRiG25NUobRXvchHwcsQdjfLNt1aghcRij9gD0J2CZPuJF2bnYm7E2MNi+IPiEdbES+CJ0+CKBT/9yBVEERB',
      'BC8i1PainhUPBZnZJHbbJmQPTg7J7LzvM9+8mW9P7RqQownFokc4djDHxSKYTSgz38McTKDMJw2XOpkqwT4lPiA4S/zAZRRMUAHB7ByZ',
      'nQ/qHphQmshmcXZCAwRttQlNC1yHUO7yBQvMpgUec0jVAtMCn1ILkAUk4K6HOfNjAcUeket15jMpEAWwhgWmiizwMZ1v/SS1wK0yaoGp',
      'ZBRFUcSzKqYkkHaXOqRGqNjcghBZwGrc9dzzZOs+QcWJBQ5fqMWPylWGuaHL3dtEVUgocwMS++dd6sR+QhzixJUy3xHaQhYpSEeK+NjC',
      '5xGP+a0EatjHHuHED+J5I/4a44QGMoTNkkwjrq3eU1SPRaWeopIFoayFeYRyubmYVnzsuDKkLsW0BT1K6Ui6F9KRtMto51poWhBwzMl2',
      'j5QUFDvTWhc2l5ardUJnW3K5MoNppXOCHQEdVyZpEMRORAlMoy/aVm+PjPpxd4+vH7dMNtzcMAU7tJEIidRE1FlRWc3BnLRnokFcWhEt',
      'FIYQosTNE28C2RNgwmFDBwTBHBazgoo0G4F8X7ByOSA8ALOgINWwk4h6d4S2E0I1kJ7bwij1YGwn6Dlk6ILw79amPIaho5ySIKQ9RU5B',
      'qqolEOkOoaoaUjUZRLIF0lG0HFJ1PUHZuQ/SYXUdqYbSBbu9IVLGrxoKUseNfvGpb9i4gTQl1y8+3f+mKTmkabodhvvF2Dg0OHXh9Gr0',
      '5OnG9d2/H0SA0eji+pdo7+SjoenjH6NbZxYuHR1Yzc+cO5gde38iP3Pzx68XF+/nb78d/vrtwEoULQ29eb74OdIvr49e3bccTQ+/jH5W',
      'XuX3/LkycuPes/zc0smVtZHH+bUPG0cGJ+/m7wwe+/5w+VOEpq6987XX0cB/Hn8BbSWE2kAIAAA=',
    ],
  },
  {
    estimator: 'uoro',
    steps: 3,
    losses: [0.18012134858150938, 0.11407049065131061, 0.0937694835036216, 0.07140546243498147],
    file: [
      'H4sIAAAAAAACA5WUX2gcRRzHEwQ1CZQWpC0qIj+CBRmO3c12c9kYVh8UsVQFExFujzC5nbtscjt72Z3zTI7F4D/El0KbIj4o+JQnxVYI',
      '2kZHkFYQSoS0JAhJMOYgaJ4KthRJkNm9O7NJ7rjbe9ibne/3M7/57vz2rUc6wqsMo6MOYdjCDI+Ogl6GrOs5mIEO1PVIyaZWIk+wR4kH',
      'CN4mnm+7FHSQAUFmnGQm/aIDOiiYDAyczWQBQU2tQ9kE2yKU2WzaBL1sguNaJG+CboJHqQnIBOIz28HM9SIBxQ4J54uu54YCUYBbMkGX',
      'kQkeppPVv6Tg23mXmqBLCUmSJPEsjynxQ7tNLVIgVCxuQoBMcAvMduwZcnAdP2dFAotNF6JH2byLmaaGq9eIspBQ1/ZJ5J+0qRX5CbGI',
      'FVXqepbQpvqQhFQkiV9a+BziuF41gQL2sEMY8fxoXIpuvYxQPwxhvyRRimorNhUVI9FYU9GYCUFYi+sQysLFxTDnYcsOQ2pQTE3QpJS6',
      'pHEhdUmtjFquqbIJPsOMHPaEkpSUTlTnhc2m2XyR0ExVHs4MY5qr7+BIQN2ViBsEsR5RDFNqiXbQ2ySjVtyN42vFHSYb7G+YVDpIIxES',
      'KYio+0RlBQszUhuJBrFpTrRQEECAYidPfAnCngAdXtJUQOCPYzFKyUhJIwi/F2426xPmg56SkKyl44hiY4RyFELWkJo8wBhrwjhMUJNI',
      'UwXh/1Pb5jY0FSWlGKHdXSQlJMtKDNHeJmRZQbISBhFvgfYoShLJqhqjHN0H7WFVFcma1AB7uCHajF/WJCT3a63i2z5h/RpSpGSr+Pbe',
      'myIlkaKo6SB4Wly7L3QOvTuxyb+/tvtJ9/1vOGB04lJljT8++G3XudeW+adT0++d79g0ht95rq936XVj+PLf936Y/cr47NdjG3+eucH5',
      'XNcvi5dWufp+5cSHTyzwc8d+5Du5n42eBx8cvzh/3Rife+PG1vHvjK3fdl/uHPzS+KLz1b+uLtzhaOjjW55yk68trj7/WM8Sh5n5xE8j',
      '69w4dWpkDd81fr958o9He/Z47/rV7Tdnl43xC/+++HBlgT+1crFXv7bC9/Y+enLxH853piqVVxLLxt1bKydvP3TF+Lr7+tL9Z7eN05+v',
      'PDNxZYP/B+OWe3NACAAA',
    ],
  },
  {
    estimator: 'rtrl',
    steps: 0,
    losses: [0.0975046465375776, 0.07139420793584714, 0.1445613123195926, 0.1235134291712707],
    file: [
      'H4sIAAAAAAACA62SMYvUQBTHj0MQP4C9PGyEccnEkAuxOEERsdBCuyQssztvd8NlZsJk4nK3BkTsFCsrBbGytBI72dZSBLG5SuQq8RuI',
      'MpPL6d65CwtOivBmfu8//zfvvTq14dYM+n2BhnFmWL8P8QxGSgtmIAapNE5zyXsFMi1RA4F7qKtcSYiBAoHhBIc7VS0ghq0hYz7fioBA',
      'R8cwSyHnKE1udlOIZykIxbFIIU5BS5kCSQErkwtmlG4ByQS250YXDqiMroem1u02q41KoSEpqNLkIt/D44nVmLcAN7tluzUqFDNh4OQK',
      'JrFKIaYWkSqvsM3fySVv8xE5csdOleaWTS4Rj1Di2S+zeQKF0ocllUwzgQZ11cbT9nfeoKxcVX8jvWnrrV4J1S00WAkNUmicFyVQGne5',
      'Dcea8RylWWqmA1ZYOUKWGzlCOhvduyYz2zJm8GSOQxIv6x2e27Rcjooa5RA7/3belLWdZE3m2o+l1fWs1ZIzg11UouS5HNuoaaAhC89s',
      '59gNAMRwPQyAQDVhNkoo8TMCbtrVaFShqSBOPELDbFGiXi7h/0uChiSIjmkMVmicVAgiEgZW4U+L1iwjDEjkLSisW0XkEUr9BYn1iqDU',
      'J9R3D7HY7/VU/IjQIMia5tzFX0/r+5+/zR+IZ2c+Pn875++u3nj9ZX9+8OjCw8tnP81vvjm48+PW1+2Nn3cfT2C6feXFtf33ey/n3zdP',
      '39588mG+8Z/XbyG+BBc4BQAA',
    ],
  },
  {
    estimator: 'rtrl',
    steps: 3,
    losses: [0.18086410638111683, 0.1078884461351816, 0.09924771556610772, 0.0688531282875608],
    file: [
      'H4sIAAAAAAACA5WTXWgUVxTHpYrQNmpoqbXEh3qs+NDLOncyzq4DZqympYRCaaG+7CzJ3Z27cerOnemdO8a4jJYgPuRN6JeFYokWWvoR',
      'QyGkpOXSKm2qCJqCYET8aA0IKfj5FKRlZrJpV5OVnXkYzr3//2/OOffcnuVLkqcK3d0uFcQmgnR3g1GFssddIsAA5nHa5zA7U6GEM8oB',
      'wR7KA8djYAAGBKVdtLQ7CF0wYEt7u0azOQIIamoDqhY4NmXCEf0WGFULXM+mFQsMCzhjFiALaCAclwiPpwJGXJruC15JBIHgYUmEPF0m',
      'ofAsiJAFni8c19lHHzYGvXYqsEW/ny6VKx4RupbgKoTRwAIDxxLmOQFN/bsdZqd+Sm1qJ9o+j9uxNt+OFISREr+F2OdS1+NzJfmEE5cK',
      'yoM07ks/LwnKgqSq/0syfWluYUNRmIqKDUVFC6IkF8+lTCQ/j8NeTmyHMrFoMjVBg1TmJYsnMi+ppVHra74aHxkR9FFPIskrhczcfmxz',
      'WLkSUlaak79LSl7RIWyul0oDyLwzM2/KKCkUN2nDqU1t0qbGpcfG+I54cavzhaiQjCz14wra4/b6NhG0FvmU2Q7rtcBQoggiVDca8d1L',
      'hhYMeE3XAEGwi8RRHiO1gCC5oV65HFARgJFXENYL9YhwcYS6EALrSMs9xCg2YDxK0HJI12LCf2PVZBm6hnJKHaHZKnIKwlitQzRXBMYq',
      'wmrSiPoZbY6i5hDWtDrKgkPaqLwFW4Q1DeGs/lgybti4BclZHama8liy2uSRqJqC1KxaiKIXo7sVZWL8upzp0d767MGw/HGrnH1u+rL8',
      'Z/us/vXLf8gtT72C2h5cM5cs3XxjB19nfj7w/OFnPjlmfjgy8va9od/kidGjvzxpTMrTNyduXjorpd2VfXYjP2n+pf26/sjqUfOja3dH',
      'j7b+YBaPt9x59ewX5rYVY+PrXz8vt20Klk7u+Fm+s27gp087z8m13y7rH3zhily1k2y60nHdxF9NqR9sOCOPtS6bvjU4aXYcujz+3pvT',
      'ZsvssLdyZkp2Lb+z86o/IWcm/eHVY/vNlQc7eyT/0mz77omLR2YPyo5v1vze+v0JuXaq7W9/4IIMWjZeeHrotDxw9Y29t8M/zfu8Ux85',
      'f0p26Zfe/1hMmEPF3L6LgzfMfwEorCaAeAcAAA==',
    ],
  },
  {
    estimator: 'snap',
    steps: 3,
    losses: [0.09980954527414823, 0.06402962373831014, 0.10324374252505578, 0.07860819565335977],
    file: [
      'H4sIAAAAAAACA5WUTWjUQBSACx5E8SCIXrzUV0HBYZmZTrPbgAQtevAinpOwZjezbexmsiSzLnXZkzcRPKkoSC/qxYMepCAKEQUthYKo',
      'ICiCFX8oeBB7LEVJ0tSuuxub2cPyNt/79r2ZeXm1fShebSiXXS4t25JWuQxqG2qe71oSVBCez1uOsAt1bvmC+4DgPPcDxxOgAgEE1Sle',
      'nQ6aLqhQHC2yisIwIEhpFdoGODYX0pEzBqhtA1zP5nUDVAN8IQxABvBAOq4lPT8BhOXy+HkgrEYMCANU0kEGeA3puM4F3kNO2gZEgC1n',
      'GslPtbpnSYXF+XVL8CB1CM8JeJI/7Qg7yefc5nbMtjzfjlh9FGFEEI4+ZpTnctfz13toWL7lcsn9IIlbyddByUUQt7EZKbSS2pqZUDOB',
      'KplQxYBOXIvnciHjP4/CSd+yHS7kwGJSIKOUDWRwIRtIWka6r3rbgEBakvfmxIiOzcL68yjNEbV6k4vqOu57rVTSN3MDL0Skjs3IskWY',
      '5IFpBJvIgKDuxZurb6GmmNWxmdRloi2nkPwpNE2JL2Q0ll502LqZVC15I6p6NDrghm1JnkYNLmxHTBqg4k4HOqjrckbjHo8NqHBSYYAg',
      'mLKiSCeImgjil4JXqwVcBqDqGBHF7FY0BytoPwVRECv946hkOHoNrIQUFhn+XuycbSgMlXCXIW8XJYwIoV2KfE0QQhGh8UZ0T0k+Cy0h',
      'wliXpWdisjan7/YQxhBRcJaVZFopIv0OHiNSVLKs1Mx5kKSoIDJOBzg3TWde7zhFFJcyvSTb2/faUFxClOFML/2Pt4+VYUTHFLPTGR4e',
      'Hu6s1PH848/hj7PszK21++GTo+Hq3m8fw9/HV5V7R96E4zuPof1rS9rQtrGvE/4B7dL1BXWicFfTDsvT5x6+DB/MzT7bob4OF5bnlz8s',
      'hqF9qrjnkP9c+8JejNzYN6ddW1qZm939SKvc3vXrxOIdrfr93ZVPF9+GNy+/H1GuPg2HMtdPLV+cf/0BH3PYjdgIAAA=',
    ],
  },
  {
    estimator: 'tbptt',
    steps: 0,
    losses: [0.0975046465375776, 0.06801864641411783, 0.15238817103143554, 0.15285311565253618],
    file: [
      'H4sIAAAAAAACA62SMYvUQBTHj0MQP4C9PGyEccnkQtiLxQmKiIUW2mXCMrvzdne4zUyYTFzu1sAhdoqVlYKlWFmJnaS1FEFsrhK5SvwG',
      'okxyWd07d2HBSRHezO/95//mvddnNuo1g14vRcsFt7zXg2gGQ21SbiECpQ1OpRKdCXKj0ACB+2hyqRVEQIHAYIyD3bxIIYLt/hang+0A',
      'CLR0BDMGUqCy0u4xiGYMUi1wwiBiYJRiQBhgbmXKrTYNoHiK9bntZ9bWhHOgpwwinzDIrZHCEX5JGOjMylTu48nkfCQYOEDYvazZGk40',
      't2FQK064wpxBRB2itMyxyd+VSjT5iAJFc7s2wrHxFvEIJZ77EpeXYqrNcVkZNzxFiyZv4mnzu2hR5XVlfyOdaeOtWAkVDdRfCfUZlLUX',
      'naKy9eUuHBkuJCq71EwLrLAyR5YbmSOtjfZd45lrFLd4OqdGYi/pHJ+7NKmGkwLVAFv/847HSZnUTcfM6XrOaia4xTbKUAmpRi4qSyjJ',
      'wjO7Wa4HACK4EbrJzMfcRTElfkKgnng9HOZoc4hij9AwWZQolkv4/5KgIQm6JzT6KzROKwRdEgZO4U+L1iwjDEjXW1BYt4quRyj1FyTW',
      'K4JSn1C/fojFfq+n4ncJDYKkLC+4dfnX0+LB52/VQfrs3Mfnbyvx7trNV18Oq6NHlx5eOf+puvXm6O6P2193Nn7eezyG6c7VF9cP3++/',
      'rL5vnr2z+eRDtfGf129/+pnzQAUAAA==',
    ],
  },
  {
    estimator: 'tbptt',
    steps: 3,
    losses: [0.17848668016872865, 0.10878582494038642, 0.10025077660626086, 0.0687914922803972],
    file: [
      'H4sIAAAAAAACA81UTWjUQBith5YeKiqCiqiUDwUL02UnjTEESvDQKoiCRVHcLOtsM7uN3UzWZLalrrkoKFIPXhTsxYN460H8AStIwEOx',
      'YrH1Ioi0qLfaerBQD4LIJLu123bX7s3JIUzmvTfv++ZNppoawlGEVMqmnJiEk1QKtCJkHNcmHDRgjksHLWbGcpS4jLqAYIC6nuUw0AAD',
      'gt4+2tvvFWzQIK4eVjIYHwIEZbQGRQMskzJu8SEDtKIBtmPSnAGaAS5jBiADqMctm3DHjQCM2DRc5+k85yFCOHAGDdAkZIDHXcsUCMlH',
      'Bjh5btnWZbqa7GVNAwTA5EP56FMm5xCuyKFijjDqGaBhAWGO5dGI328xM+JTalIz2t1xTYFNdKA4wigunqTg2dR23FJZeeISm3LqetF8',
      'MHrt55R5YWUrIbHByFuhJqgQgdI1QWkD/NCLY1PGw83FNOsS06KMVzVTBtSwsgypbmQZUrZR7muiKA6KcLqWE0IS8WSstC5oFsvkCpT1',
      '0rL/5RNP/Ae9/Vchkdk1JeULfEOkElKQOHGztMQaILnCxnaNWLESwff9pJ8MbdO86FiH6EbeJDxKPDIgT5lpsWyYfx98VNE+cf/DSwMa',
      'dCsyIPD6iJglMJKSCMK/hJPJeJR7oCXiCCvJSolCdQlpPQmsIFldpZGuobFWQVaRIguFv7GuswxFRmq8QqHeKtQ4wliqkKivCIwlhKWw',
      'EZV3pD4VSUVYlitUVgW0Pj1ZRliJV9ELs1uj1esdtkiMWkVvZZTrs6moCKty0vdbW0+NP3547MHXoHlL+/QIfhJMzr1QTy58CoYOfDu+',
      '9/77YCcM3D1z4osuzZwe69js6r9/NHfqXTf0rVMfXzWmJ4LYJbmzZf5D0Eu29x1URwPl2qY789uG9aUdR64fHX6mX1lcfPP2e0pvHmnY',
      '3Xzxpv5z9GXufM/HYLLpVkvX80f67Dh93fbrXTDW+PnquDkbpG6n97XvmQnOXTjbNtEzHXQ/nZ5b2rWgj9wTY6z0ngj+AG3++6KQBwAA',
    ],
  },
];
